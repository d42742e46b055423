import Synchronization

/// A value that a concurrent part of a test leaves for the rest of it.
final class Found<Value: Sendable>: Sendable {
    private let kept = Mutex<Value?>(nil)

    var value: Value? { kept.withLock { $0 } }
    func set(_ value: Value) { kept.withLock { $0 = value } }
}
