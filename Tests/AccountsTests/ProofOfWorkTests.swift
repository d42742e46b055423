import Accounts
import LibSodium
import PrivacyPass
import Testing

final class ProofOfWorkTests: Sendable {
    private let key = SecretBytes(randomCount: 32)
    private let account = Ed25519.PrivateKey().publicKey

    @Test func aNumberThatIsFoundSolvesTheChallengeForThisAccountAlone() throws {
        let challenge = AccountChallenge(difficulty: 10, expires: 1_000, key: key)
        let number = try #require(ProofOfWork.solve(challenge, for: account))
        #expect(ProofOfWork.isSolved(challenge, by: number, for: account))
        // Chance alone solves one in 1,024.
        let others = (0..<16).map { _ in Ed25519.PrivateKey().publicKey }
        #expect(others.filter { ProofOfWork.isSolved(challenge, by: number, for: $0) }.count < 3)
        let challenges = (0..<16).map { _ in AccountChallenge(difficulty: 10, expires: 1_000, key: key) }
        #expect(challenges.filter { ProofOfWork.isSolved($0, by: number, for: account) }.count < 3)
    }

    @Test func eachBitOfDifficultyHalvesWhatIsSolved() {
        let easy = AccountChallenge(difficulty: 1, expires: 1_000, key: key)
        let hard = AccountChallenge(difficulty: 5, expires: 1_000, key: key)
        func solved(_ challenge: AccountChallenge) -> Int {
            (0..<2_000).filter { ProofOfWork.isSolved(challenge, by: UInt64($0), for: account) }.count
        }
        #expect((800...1_200).contains(solved(easy)) && (20...120).contains(solved(hard)))
    }

    @Test func whatIsTooHardIsNotBegunAndWhatIsCancelledEnds() {
        let tooHard = AccountChallenge(difficulty: ProofOfWork.maximumDifficulty + 1, expires: 1_000, key: key)
        #expect(ProofOfWork.solve(tooHard, for: account) == nil)
        let hard = AccountChallenge(difficulty: ProofOfWork.maximumDifficulty, expires: 1_000, key: key)
        #expect(ProofOfWork.solve(hard, for: account, isCancelled: { true }) == nil)
    }

    @Test func aChallengeIsKnownByItsTag() throws {
        let challenge = AccountChallenge(difficulty: 17, expires: 1_800_000_000, key: key)
        let read = try #require(AccountChallenge(decoding: challenge.encoded))
        #expect(read == challenge && read.difficulty == 17 && read.expires == 1_800_000_000)
        #expect(read.isMade(with: key) && !read.isMade(with: SecretBytes(randomCount: 32)))
        for bit in 8..<AccountChallenge.count * 8 {
            var changed = challenge.encoded
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(try #require(AccountChallenge(decoding: changed)).isMade(with: key) == false, "bit \(bit)")
        }
        #expect(AccountChallenge(decoding: challenge.encoded + [0]) == nil)
        #expect(AccountChallenge(decoding: [2] + challenge.encoded.dropFirst()) == nil)
    }

    @Test func messagesAreReadAsTheyWereWritten() throws {
        let challenge = AccountChallenge(difficulty: 8, expires: 1_000, key: key)
        let fees: [AccountFee] = [
            .proofOfWork(challenge: challenge, number: .max), .voucher("vch_x"),
            .statement(StatementPresentation(token: "a.b.c", salt: [1, 2, 3])),
        ]
        for fee in fees {
            #expect(AccountFee(decoding: fee.encoded) == fee)
            #expect("\(fee)" == fee.kind.rawValue && Mirror(reflecting: fee).children.isEmpty)
        }
        let terms = AccountTerms(challenge: challenge, fees: ["voucher"])
        #expect(AccountTerms(decoding: terms.encoded) == terms && terms.challenge == challenge)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"voucher":1}"#, #"{"voucher":"a","statement":{"token":"a","salt":""}}"#,
        #"{"proof-of-work":{"challenge":"AA","number":"AAAAAAAAAAA"}}"#,
    ])
    func whatIsNotOneFeeIsNone(text: String) {
        #expect(AccountFee(decoding: Array(text.utf8)) == nil)
    }

    @Test func aBindingHidesTheAccountBehindAFreshSaltOfSixteenBytesOrMore() throws {
        let (first, second) = (Randomness.bytes(16), Randomness.bytes(16))
        let binding = try #require(StatementBinding(account: account, salt: first))
        #expect(binding.bytes == SHA256.hash(account.encoded.bytes + first) && binding.text.count == 43)
        #expect(StatementBinding(account: account, salt: second) != binding)
        #expect(StatementBinding(account: account, salt: Array(first.dropLast())) == nil)
        #expect(StatementBinding(account: account, salt: [UInt8](repeating: 0, count: 65)) == nil)
    }
}
