import Synchronization

/// Tells whoever waits that something was published, or is to be.
final class GrowthSignal: Sendable {
    private let streams = Mutex<[Int: AsyncStream<Void>.Continuation]>([:])

    /// Wakes everybody who waits; who is busy finds it when next looking.
    func send() { for stream in streams.withLock({ $0 }).values { stream.yield() } }

    /// What arrives from now on, and a signal at once and every `interval`; several that nobody took are one.
    func subscribe(every interval: Duration) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        let number = streams.withLock { streams in
            let number = (streams.keys.max() ?? 0) + 1
            streams[number] = continuation
            return number
        }
        let ticks = Task {
            while !Task.isCancelled {
                continuation.yield()
                try? await ContinuousClock().sleep(for: interval)
            }
        }
        continuation.onTermination = { [weak self] _ in
            ticks.cancel()
            self?.streams.withLock { _ = $0.removeValue(forKey: number) }
        }
        return stream
    }
}
