/// The name of an issuer or an origin: an ASCII host with an optional port (RFC 9577, section 2.1).
///
/// 443 is implied where there is no port. The text keeps its case, because digests are made over it; `==` compares
/// it as it is, ``isSameServer(as:)`` as RFC 9577 asks of clients.
public struct ServerName: Sendable, Hashable {
    /// The name as it was given: 1 to 65,535 ASCII characters.
    public let text: String

    /// The name in `text`, which must be a host, an IPv4 address or a bracketed IPv6 address, then perhaps a colon
    /// and a port from 1 to 65,535.
    public init(_ text: String) throws(MessageError) {
        guard (1...Int(UInt16.max)).contains(text.utf8.count), ServerName.isWellFormed(Array(text.utf8)) else {
            throw .invalidName
        }
        self.text = text
    }

    /// A name as it arrives in a message: 1 to 65,535 printable ASCII characters without a comma.
    ///
    /// Wider than ``init(_:)``: published test vectors have names that are no hosts. A name from a message is only
    /// ever compared, never resolved.
    init(received bytes: ArraySlice<UInt8>) throws(MessageError) {
        guard !bytes.isEmpty, bytes.allSatisfy({ (0x20...0x7e).contains($0) && $0 != UInt8(ascii: ",") }) else {
            throw .invalidName
        }
        text = String(decoding: bytes, as: UTF8.self)
    }

    /// Whether both names mean one server: equal but for the case of ASCII letters.
    public func isSameServer(as other: ServerName) -> Bool {
        text.utf8.elementsEqual(other.text.utf8) { ServerName.lowercased($0) == ServerName.lowercased($1) }
    }

    private static func isWellFormed(_ bytes: [UInt8]) -> Bool {
        let hostEnd: Int
        if bytes[0] == UInt8(ascii: "[") {
            guard let close = bytes.firstIndex(of: UInt8(ascii: "]")), close > 2,
                bytes[1..<close].allSatisfy(isAddressByte)
            else { return false }
            hostEnd = close + 1
        } else {
            hostEnd = bytes.firstIndex(of: UInt8(ascii: ":")) ?? bytes.count
            guard hostEnd > 0, bytes[..<hostEnd].allSatisfy(isHostByte) else { return false }
        }
        guard hostEnd < bytes.count else { return true }
        return bytes[hostEnd] == UInt8(ascii: ":") && isPort(bytes[(hostEnd + 1)...])
    }

    private static func isPort(_ digits: ArraySlice<UInt8>) -> Bool {
        guard (1...5).contains(digits.count), digits.first != UInt8(ascii: "0") else { return false }
        guard digits.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return false }
        return digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) } <= Int(UInt16.max)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }

    private static func isAddressByte(_ byte: UInt8) -> Bool {
        switch lowercased(byte) {
        case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: ":"),
            UInt8(ascii: "."):
            true
        default: false
        }
    }

    private static func lowercased(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
