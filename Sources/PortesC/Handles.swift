internal import CPortes
internal import Synchronization

/// Objects by numbers that nobody guesses and that are not given twice: one that was freed means nothing.
final class Handles<Object: AnyObject & Sendable>: Sendable {
    private let table = Mutex<[UInt64: Object]>([:])

    /// A number for an object; never 0.
    func insert(_ object: Object) -> UInt64 {
        table.withLock { table in
            while true {
                let number = UInt64.random(in: 1...UInt64.max)
                if table[number] == nil {
                    table[number] = object
                    return number
                }
            }
        }
    }

    /// The object with a number.
    func object(_ number: UInt64) throws(Failure) -> Object {
        guard let object = table.withLock({ $0[number] }) else { throw Failure(PORTES_ERROR_HANDLE) }
        return object
    }

    /// Takes an object off the table. Whoever works with it at this moment goes on.
    func remove(_ number: UInt64) throws(Failure) {
        guard table.withLock({ $0.removeValue(forKey: number) }) != nil else { throw Failure(PORTES_ERROR_HANDLE) }
    }
}
