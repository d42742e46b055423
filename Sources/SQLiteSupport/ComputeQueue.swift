internal import Dispatch

/// A thread for what takes a while to compute after a transaction, so that neither the database nor the threads that
/// tasks share wait for it.
package enum ComputeQueue {
    private static let queue = DispatchQueue(label: "portes.compute")

    /// Runs `work`, and gives what it returns.
    package static func run<T: Sendable>(_ work: @Sendable @escaping () -> T) async -> T {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: work()) }
        }
    }
}
