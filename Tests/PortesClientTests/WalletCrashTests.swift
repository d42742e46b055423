import Foundation
import LibSodium
import PrivacyPass
import Testing

@testable import PortesClient

/// Real processes that are killed, or that compete for one file.
struct WalletCrashTests {
    static let session = Capability.session

    /// Takes and settles tokens as fast as it can, noting each in `log`, until it is killed.
    static func spendUntilKilled(_ directory: String, afterMicroseconds delay: UInt32) async throws {
        Thread.detachNewThread {
            usleep(delay)
            kill(getpid(), SIGKILL)
        }
        let wallet = try Wallet(path: directory + "/wallet")
        let log = open(directory + "/log", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        let challenge = try TestIssuer.challenge()
        do {
            while true {
                let spending = try await wallet.take(session, for: challenge, at: ServerName("origin.example"))
                note("taken", spending.token, log)
                let token = spending.token
                try await spending.settle()
                note("settled", token, log)
            }
        } catch WalletError.empty {
            // A fast machine is done before it is killed.
            while true { pause() }
        }
    }

    private static func note(_ event: String, _ token: Token, _ log: Int32) {
        let line = "\(event) \(Hexadecimal.encode(token.input.nonce.bytes.bytes))\n"
        _ = line.withCString { write(log, $0, strlen($0)) }
    }

    @Test func aKilledProcessLosesNoTokenAndHandsNoneOutTwice() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path
        let total = 400
        do {
            let wallet = try Wallet(path: directory.walletPath)
            try await wallet.fetch(
                total, of: Self.session, for: TestIssuer.challenge(), from: FakeIssuer(TestIssuer()).client(),
                voucher: FakeIssuer.voucher)
            await wallet.close()
        }
        for round in 0..<6 {
            let delay = UInt32.random(in: 1_000...60_000)
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
                try await Self.spendUntilKilled(path, afterMicroseconds: delay)
            }
            let contents = try WalletContents(decoding: directory.bytes())
            let log = (try? directory.bytes("log")).map { String(decoding: $0, as: UTF8.self) } ?? ""
            let lines = log.split(separator: "\n")
            func nonces(_ event: String) -> [Substring] {
                lines.filter { $0.hasPrefix(event + " ") }.map { $0.dropFirst(event.count + 1) }
            }
            let (taken, settled) = (nonces("taken"), nonces("settled"))
            let comment: Comment = "round \(round), \(delay) µs, \(taken.count) taken"
            let sending = Set(contents.spendings.map { Hexadecimal.encode($0.nonce.bytes.bytes)[...] })
            let unspent = contents.lots.flatMap { lot in
                (0..<lot.count).map { Hexadecimal.encode(lot.bytes[$0 * 96..<$0 * 96 + 32])[...] }
            }
            // Numbers, so that a failure does not print the whole wallet. A process may die between a change and the
            // note of it, which the rounds before this one may each have done once.
            let unnoted = round + 1
            let twice = taken.count - Set(taken).count
            let takenAndUnspent = Set(taken).intersection(unspent).count
            let settledAndSending = Set(settled).intersection(sending).count
            let lost = Set(taken).subtracting(settled).subtracting(sending).count
            #expect(twice == 0, comment)
            #expect(takenAndUnspent == 0, comment)
            #expect(settledAndSending == 0, comment)
            #expect(lost <= unnoted, comment)
            #expect((taken.count...taken.count + unnoted).contains(total - unspent.count), comment)
        }
    }

    @Test func anotherProcessCannotOpenAWalletInUse() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.walletPath
        let wallet = try Wallet(path: path)
        await #expect(processExitsWith: .exitCode(7)) { [path = path as String] in
            do {
                _ = try Wallet(path: path)
            } catch WalletError.inUse {
                exit(7)
            }
        }
        _ = await wallet.holdings
    }
}
