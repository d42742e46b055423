internal import HTTPTransport
package import KeySchedule
package import KeyTransparency

/// What a witness's answer says about a checkpoint (C2SP tlog-witness, "add-checkpoint").
enum WitnessAnswer: Sendable, Hashable {
    /// It cosigned.
    case cosigned(Cosignature)
    /// It cosigned a tree of this size last, and not of the one in the request.
    case conflict(size: UInt64)

    /// The longest answer that is read, in bytes: room for some lines of post-quantum signatures.
    static let maximumCount = 64 * 1024
    /// The most signature lines that are read.
    private static let maximumLines = 100

    /// Reads the answer to a request that named `oldSize`; throws what it refuses with.
    init(
        _ response: HTTPTransportResponse, for checkpoint: Checkpoint, by key: NoteVerificationKey, oldSize: UInt64
    ) throws(WitnessFailure) {
        switch response.status {
        case 200: self = .cosigned(try Self.cosignature(in: response.body, of: checkpoint, by: key))
        case 400: throw .refusedRequest
        case 403: throw .untrustedLog
        case 404: throw .unknownLog
        case 409:
            if let size = Self.size(in: response) {
                self = .conflict(size: size)
            } else if oldSize == checkpoint.head.size {
                // The specification asks for the size only where the sizes differ.
                self = .conflict(size: oldSize)
            } else {
                throw .unreadableAnswer
            }
        case 422: throw .inconsistent
        default: throw .status(response.status)
        }
    }

    /// The newest of the witness's lines. Lines of other keys are passed over, as are older ones of this key: they
    /// would only make the note longer.
    private static func cosignature(
        in body: [UInt8], of checkpoint: Checkpoint, by key: NoteVerificationKey
    ) throws(WitnessFailure) -> Cosignature {
        guard body.last == 0x0a, let text = String(validating: body, as: UTF8.self) else { throw .unreadableAnswer }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
        guard lines.count <= maximumLines else { throw .unreadableAnswer }
        var newest: Cosignature?
        for line in lines {
            guard let signature = NoteSignature(line: line) else { throw .unreadableAnswer }
            guard key.made(signature) else { continue }
            guard let time = key.cosignatureTime(signature, for: checkpoint.text) else { throw .invalidCosignature }
            if newest.map({ $0.time < time }) ?? true { newest = Cosignature(signature: signature, time: time) }
        }
        guard let newest else { throw .noCosignature }
        return newest
    }

    private static func size(in response: HTTPTransportResponse) -> UInt64? {
        let mediaType = response.header("Content-Type")?.prefix { $0 != ";" && $0 != " " }.lowercased()
        guard mediaType == "text/x.tlog.size", response.body.count <= 21, response.body.last == 0x0a,
            let text = String(validating: response.body.dropLast(), as: UTF8.self),
            let size = UInt64(decimal: text), size <= TreeHead.maximumSize
        else { return nil }
        return size
    }
}

/// A witness's signature line that was checked against its key and the checkpoint.
package struct Cosignature: Sendable, Hashable {
    /// The line.
    package let signature: NoteSignature
    /// When the witness says that it signed.
    package let time: UnixTime
}
