/// The answer to a ``GenericBatchTokenRequest``, one place for each of its requests, in order
/// (draft-ietf-privacypass-batched-tokens-07, section 6).
///
/// `varint(byte count) ‖ (0x00 | 0x01 ‖ token_type (2) ‖ TokenResponse)*`, where 0x00 stands for a token that was not
/// issued.
public struct GenericBatchTokenResponse: Sendable, Hashable {
    /// The responses, at least one place; `nil` for a token that was not issued.
    public let responses: [TokenResponse?]

    /// An answer; throws ``MessageError/emptyBatch`` for no places and ``MessageError/tooManyItems`` for more than
    /// 65,535.
    public init(_ responses: [TokenResponse?]) throws(MessageError) {
        guard !responses.isEmpty else { throw .emptyBatch }
        guard responses.count <= Int(UInt16.max) else { throw .tooManyItems }
        self.responses = responses
    }

    /// Decodes the exact bytes of an answer with 1 to `maximumCount` places.
    public init(
        decoding bytes: [UInt8], maximumCount: Int = AmortizedBatchTokenRequest.defaultMaximumCount
    ) throws(MessageError) {
        var reader = try ByteReader(ofBatch: bytes)
        var responses: [TokenResponse?] = []
        while reader.remaining > 0 {
            guard responses.count < maximumCount else { throw .tooManyItems }
            switch try reader.uint8() {
            case 0: responses.append(nil)
            case 1: responses.append(try TokenResponse(from: &reader, tokenType: reader.tokenType()))
            default: throw .invalidEncoding
            }
        }
        guard !responses.isEmpty else { throw .emptyBatch }
        self.responses = responses
    }

    /// The place, from 0, of the first response of a type that is not implemented; `nil` where all before it are not
    /// framed as responses of a batch, or there is none.
    package static func placeOfUnknownType(in bytes: [UInt8]) -> Int? {
        guard var reader = try? ByteReader(ofBatch: bytes) else { return nil }
        var place = 0
        while reader.remaining > 0 {
            do throws(MessageError) {
                switch try reader.uint8() {
                case 0: break
                case 1: _ = try TokenResponse(from: &reader, tokenType: reader.tokenType())
                default: return nil
                }
            } catch {
                return error == .unsupportedTokenType ? place : nil
            }
            place += 1
        }
        return nil
    }

    /// The encoding.
    public var encoded: [UInt8] {
        var items = ByteWriter(capacity: responses.count * 260)
        for response in responses {
            items.append(UInt8(response == nil ? 0 : 1))
            if let response {
                items.append(response.tokenType.rawValue)
                items.append(response.encoded)
            }
        }
        var writer = ByteWriter(capacity: 4 + items.bytes.count)
        writer.append(variableSizeInteger: UInt64(items.bytes.count))
        writer.append(items.bytes)
        return writer.bytes
    }
}
