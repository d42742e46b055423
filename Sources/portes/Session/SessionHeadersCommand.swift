import ArgumentParser
import KeySchedule
import PortesClient
import PrivacyPass

/// `portes session headers`: what shows a session with one request.
struct SessionHeadersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "headers",
        abstract: "Print the header fields that show a session with one request, and open it if there is none.",
        discussion: """
            The wallet keeps the session and uses it again until a minute before its end; then, or where there is none, it \
            opens another with one token. A session is bound to a key that is made for it alone, so each request needs a \
            proof of its own: the fields are good for one request, within a minute. With --bearer it is bound to nothing, \
            and whoever has the field can use it until it ends.

            EXAMPLE: portes session headers --wallet my.wallet --origin https://play.example --path /levels/7 | curl -H @- \
            https://play.example/levels/7
            """)

    @OptionGroup var wallet: WalletOptions
    @OptionGroup var place: SessionOptions
    @Option(help: "The path of the request.") var path: String
    @Option(help: "The method of the request.") var method: String = "GET"

    func run() async throws {
        try Output.check()
        let method = method.uppercased()
        guard !method.isEmpty, method.utf8.allSatisfy({ (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }) else {
            throw CommandFailure.usage("--method does not take '\(self.method)'", hint: "give a method, such as GET")
        }
        guard path.hasPrefix("/") else {
            throw CommandFailure.usage("--path does not take '\(path)'", hint: "give a path, such as /levels/7")
        }
        let origin = try place.client()
        let wallet = try wallet.openExisting()
        let session = try await session(in: wallet, at: origin)
        let url = try ClientArgument.url(place.origin, flag: "--origin") + path
        for field in session.headers(for: method, url) { try Output.data("\(field.name): \(field.value)") }
    }

    private func session(in wallet: Wallet, at origin: OriginClient) async throws -> Session {
        let capability = try ClientArgument.capability(place.capability)
        let now = SystemTimeSource().now().wall
        let kept = await wallet.sessions(at: now.adding(seconds: 60)).first {
            $0.origin.isSameServer(as: origin.name) && $0.session.capability == capability
                && $0.session.isBound == !place.bearer
        }
        if let kept { return kept.session }
        let challenges = try await origin.challenges(path: place.sessionPath)
        let holding = try await wallet.holding(for: challenges, at: origin.name, of: capability)
        let session = try await wallet.session(
            capability, for: holding.challenge, at: origin, path: place.sessionPath, isBound: !place.bearer)
        Output.note("a session of \(session.capability) is open until \(KeyTable.date(session.expiry))")
        return session
    }
}
