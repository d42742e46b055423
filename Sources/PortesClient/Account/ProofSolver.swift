internal import Accounts
internal import Dispatch
internal import LibSodium
internal import Synchronization

/// Solves proofs of work on a thread of its own: neither the app's tasks nor its user wait for it.
enum ProofSolver {
    /// A number that solves a challenge, `nil` if it is harder than anybody should ask for. Ends early where the task
    /// is cancelled: throws `CancellationError`.
    static func solve(_ challenge: AccountChallenge, for account: Ed25519.PublicKey) async throws -> UInt64? {
        let flag = Flag()
        let number = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                DispatchQueue.global(qos: .utility).async {
                    continuation.resume(
                        returning: ProofOfWork.solve(challenge, for: account) { flag.isSet.load(ordering: .relaxed) })
                }
            }
        } onCancel: {
            flag.isSet.store(true, ordering: .relaxed)
        }
        try Task.checkCancellation()
        return number
    }

    private final class Flag: Sendable {
        let isSet = Atomic(false)
    }
}
