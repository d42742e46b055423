/// Requests for tokens of any types under any keys, in one message (draft-ietf-privacypass-batched-tokens-07,
/// section 6).
///
/// `varint(byte count) ‖ TokenRequest*`. Each request begins with its own type, once; there are no lengths between
/// them, so one of a type that is not implemented makes the rest unreadable.
public struct GenericBatchTokenRequest: Sendable, Hashable {
    /// The requests, at least one.
    public let requests: [TokenRequest]

    /// A batch; throws ``MessageError/emptyBatch`` for no requests and ``MessageError/tooManyItems`` for more than
    /// 65,535.
    public init(_ requests: [TokenRequest]) throws(MessageError) {
        guard !requests.isEmpty else { throw .emptyBatch }
        guard requests.count <= Int(UInt16.max) else { throw .tooManyItems }
        self.requests = requests
    }

    /// Decodes the exact bytes of a batch of 1 to `maximumCount` requests.
    public init(
        decoding bytes: [UInt8], maximumCount: Int = AmortizedBatchTokenRequest.defaultMaximumCount
    ) throws(MessageError) {
        var reader = try ByteReader(ofBatch: bytes)
        var requests: [TokenRequest] = []
        while reader.remaining > 0 {
            guard requests.count < maximumCount else { throw .tooManyItems }
            requests.append(try TokenRequest(from: &reader))
        }
        guard !requests.isEmpty else { throw .emptyBatch }
        self.requests = requests
    }

    /// The place, from 0, of the first request of a type that is not implemented; `nil` where all before it are not
    /// framed as requests of a batch, or there is none.
    package static func placeOfUnknownType(in bytes: [UInt8]) -> Int? {
        guard var reader = try? ByteReader(ofBatch: bytes) else { return nil }
        var place = 0
        while reader.remaining > 0 {
            do throws(MessageError) { _ = try TokenRequest(from: &reader) } catch {
                return error == .unsupportedTokenType ? place : nil
            }
            place += 1
        }
        return nil
    }

    /// The encoding.
    public var encoded: [UInt8] {
        let items = requests.flatMap(\.encoded)
        var writer = ByteWriter(capacity: 4 + items.count)
        writer.append(variableSizeInteger: UInt64(items.count))
        writer.append(items)
        return writer.bytes
    }

    /// The largest number of bytes that a batch of so many requests has.
    public static func largestEncodedCount(of count: Int) -> Int { 8 + count * TokenRequest.largestEncodedCount }
}

extension ByteReader {
    /// A reader of what follows a length that says how many bytes that is: neither more nor fewer.
    init(ofBatch bytes: [UInt8]) throws(MessageError) {
        self.init(bytes)
        let count = try variableSizeInteger()
        guard count <= UInt64(remaining) else { throw .truncated }
        guard count == UInt64(remaining) else { throw .trailingBytes }
    }
}
