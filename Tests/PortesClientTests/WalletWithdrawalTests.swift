import PrivacyPass
import Testing

@testable import PortesClient

/// Tokens that leave a wallet without being spent by it.
struct WalletWithdrawalTests {
    let directory: TemporaryDirectory
    let session = Capability.session

    init() throws { directory = try TemporaryDirectory() }

    @Test func aWithdrawnTokenIsGoneBeforeItIsGivenOut() async throws {
        let wallet = try await filled(2)
        let holding = try #require(await wallet.holdings.first)
        let first = try await wallet.withdraw(from: holding)
        #expect(try WalletContents(decoding: directory.bytes()).tokenCount == 1)
        let second = try await wallet.withdraw(from: holding)
        #expect(first.input.nonce != second.input.nonce)
        await #expect(throws: WalletError.empty) { try await wallet.withdraw(from: holding) }
        #expect(await wallet.unanswered.isEmpty)
    }

    @Test func whereTheFileCannotBeWrittenNothingIsGivenOut() async throws {
        let wallet = try await filled(1)
        let holding = try #require(await wallet.holdings.first)
        try directory.obstruct()
        await #expect(throws: WalletError.self) { try await wallet.withdraw(from: holding) }
        await #expect(throws: WalletError.self) { try await wallet.surrender(from: holding) }
        #expect(await wallet.holdings == [holding])
        #expect(await wallet.surrendered.isEmpty)
    }

    @Test func aSurrenderedTokenStaysOnRecordUntilItIsRevokedAndIsNeverSpent() async throws {
        let nonce: Nonce
        do {
            let wallet = try await filled(1)
            nonce = try await wallet.surrender(from: #require(await wallet.holdings.first)).input.nonce
            await wallet.close()
        }
        let wallet = try Wallet(path: directory.walletPath)
        #expect(await wallet.holdings.isEmpty)
        await #expect(throws: WalletError.empty) {
            _ = try await wallet.take(session, for: TestIssuer.challenge(), at: ServerName("origin.example"))
        }
        let token = try #require(await wallet.surrendered.first?.token)
        #expect(token.input.nonce == nonce)
        try await wallet.settleSurrender(of: token)
        #expect(try WalletContents(decoding: directory.bytes()).surrendered.isEmpty)
    }

    private func filled(_ count: Int) async throws -> Wallet {
        let wallet = try Wallet(path: directory.walletPath)
        try await wallet.fetch(
            count, of: session, for: TestIssuer.challenge(), from: FakeIssuer(TestIssuer()).client(),
            voucher: FakeIssuer.voucher)
        return wallet
    }
}
