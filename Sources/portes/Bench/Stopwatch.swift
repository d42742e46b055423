import Glibc

/// Processor time of this process: what other processes do does not count.
struct Stopwatch {
    private let start = Stopwatch.processorNanoseconds()

    /// The processor time since the start, in microseconds.
    var microseconds: Double { Double(Stopwatch.processorNanoseconds() - start) / 1_000 }

    private static func processorNanoseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}

extension Array where Element == Double {
    /// The middle value; of an even number the lower middle one.
    var median: Double { isEmpty ? 0 : sorted()[(count - 1) / 2] }
}
