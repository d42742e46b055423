internal import CPortes

#if canImport(Glibc)
internal import Glibc
#else
internal import Darwin
#endif

/// The caller's memory, looked at once and bounded.
enum Buffer {
    /// The longest input, in bytes.
    static let limit = 1 << 20

    /// A copy of bytes. A length that is negative here was one beyond all memory over there.
    static func bytes(_ pointer: UnsafePointer<UInt8>?, _ count: Int) throws(Failure) -> [UInt8] {
        guard (0...limit).contains(count) else { throw Failure(PORTES_ERROR_ARGUMENT) }
        guard count > 0 else { return [] }
        guard let pointer else { throw Failure(PORTES_ERROR_ARGUMENT) }
        return [UInt8](UnsafeBufferPointer(start: pointer, count: count))
    }

    /// A copy of a text that ends in NUL; of one that is longer than the limit nothing more is read.
    static func text(_ pointer: UnsafePointer<CChar>?) throws(Failure) -> String {
        guard let pointer else { throw Failure(PORTES_ERROR_ARGUMENT) }
        let count = strnlen(pointer, limit + 1)
        guard count <= limit else { throw Failure(PORTES_ERROR_ARGUMENT) }
        let bytes = UnsafeRawBufferPointer(start: pointer, count: count)
        guard let text = String(validating: bytes, as: UTF8.self) else { throw Failure(PORTES_ERROR_MALFORMED) }
        return text
    }
}

/// Where output goes: bytes that are written only if there is room for all of them.
struct Output {
    private let pointer: UnsafeMutableRawPointer?
    private let length: UnsafeMutablePointer<Int>
    private let capacity: Int

    /// Throws ``Failure`` for memory that cannot be.
    init(_ pointer: UnsafeMutableRawPointer?, _ length: UnsafeMutablePointer<Int>?) throws(Failure) {
        guard let length, length.pointee >= 0, pointer != nil || length.pointee == 0 else {
            throw Failure(PORTES_ERROR_ARGUMENT)
        }
        self.pointer = pointer
        self.length = length
        capacity = length.pointee
    }

    /// Throws ``Failure`` if there is less room, and says how much is needed.
    func needs(_ count: Int) throws(Failure) {
        guard count <= capacity else {
            length.pointee = count
            throw Failure(PORTES_ERROR_BUFFER_TOO_SMALL)
        }
    }

    /// Writes bytes, for which ``needs(_:)`` found room.
    func write(_ bytes: [UInt8]) throws(Failure) {
        try needs(bytes.count)
        if let pointer, !bytes.isEmpty { pointer.copyMemory(from: bytes, byteCount: bytes.count) }
        length.pointee = bytes.count
    }

    /// Writes a text and the NUL at its end.
    func write(_ text: String) throws(Failure) { try write(Array(text.utf8) + [0]) }
}
