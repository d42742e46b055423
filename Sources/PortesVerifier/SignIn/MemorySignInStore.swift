public import KeySchedule
internal import LibSodium
internal import SignIn
internal import Synchronization

/// Accounts in memory, for tests and for trying things out: a restart forgets them.
public final class MemorySignInStore: SignInStore {
    private let rows = Mutex(Rows())

    /// A store without accounts.
    public init() {}

    /// Lets a person in; never throws.
    public func admit(_ signIn: VerifiedSignIn, at now: UnixTime) async throws -> SignInOutcome {
        try rows.withLock { try $0.admit(signIn, at: now.seconds) }
    }

    /// Erases an account; never throws.
    public func erase(_ erasure: VerifiedErasure, at now: UnixTime) async throws -> SignInOutcome {
        try rows.withLock { try $0.erase(erasure, at: now.seconds) }
    }

    private struct Rows: SignInRows {
        private var used: [Bytes32: Int64] = [:]
        private var oldest: Int64?
        private var keys: [Bytes32: SignInRow] = [:]

        mutating func use(_ nonce: Bytes32, until expiry: Int64) -> Bool {
            oldest = min(oldest ?? expiry, expiry)
            return used.updateValue(expiry, forKey: nonce) == nil
        }

        mutating func forgetChallenges(before time: Int64) {
            // The oldest ends first, so that there is mostly nothing to look for.
            guard let first = oldest, first < time else { return }
            used = used.filter { $0.value >= time }
            oldest = used.values.min()
        }

        func row(of key: Bytes32) -> SignInRow? { keys[key] }

        mutating func put(_ row: SignInRow, of key: Bytes32) { keys[key] = row }

        mutating func removeKeys(of pseudonym: Pseudonym) { keys = keys.filter { $0.value.pseudonym != pseudonym } }
    }
}
