import Foundation
import LibSodium
import PrivacyPass
import Synchronization
import Testing

@testable import PortesClient

/// Wallets with tokens whose requests cannot be written down.
struct WalletTokenTypeTests {
    let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private static let unstorable: [TokenType] = [.blindRSA2048, .voprfP384]

    @Test(arguments: TokenType.implemented)
    func tokensOfEveryTypeAreFetchedKeptAndTakenOut(_ type: TokenType) async throws {
        let (issuer, challenge) = (TestIssuer(type), try TestIssuer.challenge(of: type))
        let server = FakeIssuer(issuer)
        do {
            let wallet = try Wallet(path: directory.walletPath)
            try await fetch(3, challenge, server, into: wallet)
            await wallet.close()
        }
        let wallet = try Wallet(path: directory.walletPath)
        #expect(await wallet.holdings.map(\.count) == [3])
        var contents = try WalletContents(decoding: directory.bytes())
        var nonces: Set<Nonce> = []
        while let token = contents.take(.session, for: challenge, at: challenge.originNames[0]) {
            #expect(try issuer.isValid(token) && token.input.tokenType == type)
            nonces.insert(token.input.nonce)
        }
        #expect(nonces.count == 3)
    }

    @Test(arguments: unstorable)
    func aLostAnswerIsFetchedAgainWhileTheWalletIsOpen(_ type: TokenType) async throws {
        let server = FakeIssuer(TestIssuer(type))
        let challenge = try TestIssuer.challenge(of: type)
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) { try await fetch(2, challenge, server, into: wallet) }
        #expect(await wallet.inventory.requested.map(\.count) == [2])
        let result = try await fetch(2, challenge, server, into: wallet)
        #expect(result.resumed == 2 && result.requested == 0 && result.abandoned == 0)
        #expect(await wallet.holdings.map(\.count) == [2])
        #expect(await wallet.inventory.requested.isEmpty)
        server.state.withLock { #expect($0.bodies.count == 2 && $0.bodies[0] == $0.bodies[1] && $0.balance == 998) }
    }

    /// A transport that takes the wallet's disk away just before the issuer answers.
    private struct BeforeAnswer: TokenTransport {
        let server: FakeIssuer
        let happens: @Sendable () throws -> Void

        func send(_ request: TransportRequest) async throws -> TransportResponse {
            if request.method == .post { try happens() }
            return try await server.send(request)
        }
    }

    @Test(arguments: TokenType.implemented)
    func tokensThatCannotBeWrittenDownAtOnceAreNotLost(_ type: TokenType) async throws {
        let server = FakeIssuer(TestIssuer(type))
        let challenge = try TestIssuer.challenge(of: type)
        let wallet = try Wallet(path: directory.walletPath)
        // A directory in the place of the new file: even root cannot open that for writing.
        let obstacle = directory.walletPath + ".new"
        let client = try server.client(
            BeforeAnswer(server: server) {
                try FileManager.default.createDirectory(atPath: obstacle, withIntermediateDirectories: false)
            })
        await #expect(throws: WalletError.fileSystem(code: EISDIR)) {
            try await wallet.fetch(2, of: .session, for: challenge, from: client, voucher: FakeIssuer.voucher)
        }
        #expect(await wallet.holdings.isEmpty)
        try FileManager.default.removeItem(atPath: obstacle)
        let result = try await fetch(2, challenge, server, into: wallet)
        #expect(result.resumed == 2 && result.requested == 0 && result.abandoned == 0)
        #expect(await wallet.holdings.map(\.count) == [2])
        server.state.withLock { #expect($0.balance == 998) }
    }

    @Test(arguments: unstorable)
    func anAnswerThatDoesNotHoldIsTheEndOfItsRequestAndIsTold(_ type: TokenType) async throws {
        let server = FakeIssuer(TestIssuer(type))
        let challenge = try TestIssuer.challenge(of: type)
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.cutAnswer)
        await #expect(throws: IssuanceError.badAnswer) { try await fetch(2, challenge, server, into: wallet) }
        #expect(await wallet.takeAbandoned() == 2)
        #expect(await wallet.inventory.requested.isEmpty)
        #expect(try await fetch(1, challenge, server, into: wallet).requested == 1)
        #expect(await wallet.holdings.map(\.count) == [1])
    }

    @Test(arguments: unstorable) func aDiscardedKeyTakesItsRequestsWithIt(_ type: TokenType) async throws {
        let issuer = TestIssuer(type)
        let server = FakeIssuer(issuer)
        let wallet = try Wallet(path: directory.walletPath)
        server.fail(.loseAnswer)
        await #expect(throws: IssuanceError.self) {
            try await fetch(2, TestIssuer.challenge(of: type), server, into: wallet)
        }
        try await wallet.discard(issuer.publicKey.id)
        #expect(await wallet.inventory.requested.isEmpty)
    }

    @discardableResult
    private func fetch(
        _ count: Int, _ challenge: TokenChallenge, _ server: FakeIssuer, into wallet: Wallet
    ) async throws -> FetchResult {
        try await wallet.fetch(
            count, of: .session, for: challenge, from: server.client(), voucher: FakeIssuer.voucher)
    }
}
