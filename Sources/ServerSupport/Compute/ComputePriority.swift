internal import NIOCore
internal import NIOPosix

#if canImport(Glibc)
internal import Glibc
#endif

/// The priority of threads that compute, below that of event loops: where all processors compute, a request that needs
/// none of it does not wait for a turn.
enum ComputePriority {
    /// By how much: a thread that computes gets a third of the time where another one wants the same processor.
    private static let niceness: Int32 = 5

    /// Lowers the priority of the thread that this is called on, once.
    static func lower() {
        guard isLowered.currentValue == nil else { return }
        isLowered.currentValue = Lowered()
        #if canImport(Glibc)
        // On Linux each thread has a niceness of its own, and 0 means this one. No right is needed to be nicer, and
        // where it fails only time is lost.
        let which = __priority_which_t(PRIO_PROCESS.rawValue)
        _ = setpriority(which, 0, min(getpriority(which, 0) + niceness, 19))
        #endif
    }

    /// Lets a thread run that waits for this one's processor: between two computations, where a scheduler would let
    /// this one go on for milliseconds.
    static func giveWay() {
        #if canImport(Glibc)
        _ = sched_yield()
        #endif
    }

    private final class Lowered: Sendable {}
    private static let isLowered = ThreadSpecificVariable<Lowered>()
}
