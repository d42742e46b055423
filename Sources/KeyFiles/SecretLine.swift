import Foundation
import LibSodium

/// Guarded memory that a passphrase is read into before its length is known.
struct SecretLine: ~Copyable {
    private let capacity: Int
    private var contents: SecretBytes
    private var count = 0

    init(capacity: Int) {
        self.capacity = capacity
        contents = SecretBytes(count: capacity) { _ in }
    }

    /// Reads up to the end of the file or until the capacity is used up, or up to one of `ends`.
    mutating func fill(from file: Int32, source: String, endingWith ends: [UInt8] = []) throws {
        var filled = 0
        let capacity = capacity
        contents = try SecretBytes(count: capacity) { buffer in
            while filled < capacity {
                // A line is read byte by byte, so that nothing behind its end is taken away.
                let wanted = ends.isEmpty ? capacity - filled : 1
                let got = read(file, buffer.baseAddress?.advanced(by: filled), wanted)
                if got == 0 { return }
                if got < 0 {
                    guard errno == EINTR else { throw PassphraseError.unreadable(path: source, code: errno) }
                    continue
                }
                filled += got
                if ends.contains(buffer[filled - 1]) { return }
            }
        }
        count = filled
    }

    /// Whether the last byte is `byte`.
    borrowing func ends(with byte: UInt8) -> Bool {
        contents.withUnsafeBytes { count > 0 && $0[count - 1] == byte }
    }

    /// The bytes without one newline (LF or CR LF) at their end; throws `.empty` or `.tooLong`.
    borrowing func passphrase() throws(PassphraseError) -> SecretBytes {
        let length = contents.withUnsafeBytes { bytes in
            var length = count
            if length > 0, bytes[length - 1] == UInt8(ascii: "\n") {
                length -= 1
                if length > 0, bytes[length - 1] == UInt8(ascii: "\r") { length -= 1 }
            }
            return length
        }
        guard length > 0 else { throw .empty }
        guard length <= PassphraseSource.largestCount else { throw .tooLong }
        return contents.withUnsafeBytes { source in
            SecretBytes(count: length) { $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<length])) }
        }
    }
}
