import Foundation
import LibSodium
import PortesClient
import PrivacyPass
import TestSupport
import Testing

@testable import portes

/// Real servers, each a process of its own, on loopback.
@Suite(.serialized, .timeLimit(.minutes(30))) struct RedemptionTests {
    @Test func of64ConcurrentRedemptionsOfOneTokenExactlyOneIsSpent() async throws {
        try await withServers { servers, app, place in
            let tokens = try await app.tokens(4, place)
            let crowd = try DemoApp(
                authorityURL: servers.authorityURL, clearingURL: servers.clearingURL, connections: 64)
            for token in tokens {
                let outcomes = try await withThrowingTaskGroup(of: String.self) { group in
                    for _ in 0..<64 {
                        group.addTask { try await crowd.redeem(token, binding: Randomness.bytes(32)).outcome }
                    }
                    return try await group.reduce(into: [String: Int]()) { $0[$1, default: 0] += 1 }
                }
                #expect(outcomes == ["spent": 1, "already-spent": 63])
            }
            // They did not wait for each other's connections.
            let connections = try connections(to: servers.clearingURL)
            #expect(connections >= 48)
            await crowd.close()
        }
    }

    @Test func aRepeatedBindingGetsTheSameReceiptFromEveryConcurrentRequest() async throws {
        try await withServers { servers, app, place in
            let token = try await app.tokens(1, place)[0]
            let binding = Randomness.bytes(32)
            let crowd = try DemoApp(
                authorityURL: servers.authorityURL, clearingURL: servers.clearingURL, connections: 32)
            let answers = try await withThrowingTaskGroup(of: DemoApp.Answer.self) { group in
                for _ in 0..<32 { group.addTask { try await crowd.redeem(token, binding: binding) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            await crowd.close()
            #expect(Set(answers.map(\.receipt)).count == 1)
            #expect(answers.filter { $0.outcome == "spent" }.count == 1)
            #expect(answers.filter { $0.outcome == "replayed" }.count == 31)
        }
    }

    /// `PORTES_KILL_ROUNDS` says how often; a few times by default.
    @Test func killingTheServerUnderLoadLosesNoAcknowledgedSpend() async throws {
        let rounds = ProcessInfo.processInfo.environment["PORTES_KILL_ROUNDS"].flatMap { Int($0) } ?? 3
        try await withServers { servers, app, place in
            await servers.clearing.terminate()
            var acknowledged = 0
            var unanswered = 0
            for round in 0..<rounds {
                let tokens = try await app.tokens(60, place) + app.tokens(60, place)
                let spent = try await redeemUntilKilled(
                    tokens, killAfter: 5 + (round * 11) % 30, servers: servers, place: place)
                acknowledged += spent.count
                unanswered += tokens.count - spent.count
                let (server, url) = try await DemoServers.startClearing(in: place, authorityURL: servers.authorityURL)
                let again = try DemoApp(authorityURL: servers.authorityURL, clearingURL: url)
                for (token, _) in spent {
                    let answer = try await again.redeem(token, binding: Randomness.bytes(32))
                    #expect(answer.outcome == "already-spent", "an acknowledged spend was lost in round \(round)")
                }
                for (token, binding) in spent.prefix(3) {
                    #expect(try await again.redeem(token, binding: binding).outcome == "replayed")
                }
                await again.close()
                await server.terminate()
            }
            print("killed \(rounds) times: \(acknowledged) acknowledged spends kept, \(unanswered) unanswered")
            #expect(acknowledged >= rounds && unanswered >= rounds)
        }
    }

    /// How many connections to a server of this machine are open.
    private func connections(to url: String) throws -> Int {
        let port = try #require(URL(string: url)?.port)
        let suffix = ":" + String(format: "%04X", port)
        // Whole files are read by their size, and this one has none.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/net/tcp"))
        let table = try #require(try file.readToEnd())
        return String(decoding: table, as: UTF8.self).split(separator: "\n").count { line in
            let fields = line.split(separator: " ")
            // The address of the other side, and the state: established.
            return fields.count > 3 && fields[2].hasSuffix(suffix) && fields[3] == "01"
        }
    }

    /// Redeems all tokens, forty at once, and kills the server after some answers; gives those that were acknowledged.
    private func redeemUntilKilled(
        _ tokens: [Token], killAfter: Int, servers: DemoServers, place: DemoDirectory
    ) async throws -> [(Token, [UInt8])] {
        let (server, url) = try await DemoServers.startClearing(in: place, authorityURL: servers.authorityURL)
        let app = try DemoApp(authorityURL: servers.authorityURL, clearingURL: url, connections: 40)
        let spent = await withTaskGroup(of: (Token, [UInt8])?.self) { group in
            for token in tokens {
                group.addTask {
                    let binding = Randomness.bytes(32)
                    guard let answer = try? await app.redeem(token, binding: binding), answer.outcome == "spent" else {
                        return nil
                    }
                    return (token, binding)
                }
            }
            var spent: [(Token, [UInt8])] = []
            for await answer in group {
                if let answer { spent.append(answer) }
                if spent.count == killAfter { kill(server.identifier, SIGKILL) }
            }
            return spent
        }
        await server.kill()
        await app.close()
        return spent
    }
}

/// Runs `body` with both servers, and ends them afterwards.
func withServers(
    withOtherTypes: Bool = false,
    _ body: (DemoServers, DemoApp, DemoDirectory) async throws -> Void
) async throws {
    let root = URL(filePath: TemporaryDirectory.newPath())
    let place = try DemoDirectory(root.path)
    defer { try? FileManager.default.removeItem(at: root) }
    let servers = try await DemoServers.start(in: place, withOtherTypes: withOtherTypes)
    let app = try DemoApp(servers: servers)
    do {
        try await body(servers, app, place)
    } catch {
        await app.close()
        await servers.stop()
        throw error
    }
    await app.close()
    await servers.stop()
}

extension DemoApp {
    /// Fresh tokens for the demo's clearing server, with a voucher made for them.
    func tokens(_ count: Int, _ place: DemoDirectory) async throws -> [Token] {
        let code = try await ChildProcess.run(
            ["voucher", "create", "--capability", "session", "--tokens", "\(count)"] + place.adminFlags)
        let voucher = try #require(Voucher(code.trimmingCharacters(in: .whitespacesAndNewlines)))
        let challenge = try TokenChallenge(
            tokenType: .voprfRistretto255, issuerName: ServerName(DemoServers.issuerName),
            originNames: [ServerName(DemoServers.originName)])
        return try await fetch(count, for: challenge, voucher: voucher)
    }
}
