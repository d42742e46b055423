import Hummingbird
import HummingbirdPrivacyPass
import Logging
import ServiceLifecycle
import SignIn
import SignInStorage

/// The demo's app on its own server: it lets people in who have no name, and keeps a note for each.
enum DemoService {
    /// The service's name for sign-ins.
    static let audience = "radio.example"

    /// Serves on loopback for as long as `body` runs, which is given the URL. Accounts are kept in a directory.
    static func serving<Value: Sendable>(
        accountsIn directory: String, _ body: @Sendable @escaping (String) async throws -> Value
    ) async throws -> Value {
        guard let audience = Audience(audience) else { throw CommandFailure("no audience") }
        let store = try SQLiteSignInStore(directory: directory)
        defer { try? store.close() }
        let accounts = SignInService(audience: audience, store: store)
        let router = Router()
        router.get("sign-in") { request, _ in accounts.challenge(request) }
        router.post("sign-in") { request, _ in
            let person = try await accounts.admit(request)
            return "\(person.isNew ? "welcome" : "welcome back"), \(person.pseudonym.text)\n"
        }
        router.delete("sign-in") { request, _ in
            _ = try await accounts.erase(request)
            return HTTPResponse.Status.noContent
        }
        return try await serving(router, body)
    }

    /// Serves any routes so.
    static func serving<Value: Sendable, Context: RequestContext>(
        _ router: Router<Context>, _ body: @Sendable @escaping (String) async throws -> Value
    ) async throws -> Value where Context.Source == ApplicationRequestContextSource {
        let logger = Logger(label: "demo") { _ in SwiftLogNoOpLogHandler() }
        let (ports, told) = AsyncStream<Int>.makeStream()
        let app = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in
                told.yield(channel.localAddress?.port ?? 0)
                told.finish()
            }, logger: logger)
        let group = ServiceGroup(configuration: .init(services: [.init(service: app)], logger: logger))
        return try await withThrowingTaskGroup(of: Value?.self) { tasks in
            tasks.addTask {
                try await group.run()
                told.finish()
                return nil
            }
            tasks.addTask {
                guard let port = await ports.first(where: { $0 > 0 }) else {
                    throw CommandFailure("the demo's service cannot be served")
                }
                let result: Result<Value, any Error>
                do { result = .success(try await body("http://127.0.0.1:\(port)")) } catch { result = .failure(error) }
                await group.triggerGracefulShutdown()
                return try result.get()
            }
            var value: Value?
            while let done = try await tasks.next() { value = done ?? value }
            guard let value else { throw CommandFailure("the demo's service ended early") }
            return value
        }
    }
}
