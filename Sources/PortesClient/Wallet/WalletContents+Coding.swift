internal import LibSodium
internal import PrivacyPass

/// The file: `magic (13) ‖ version (1) ‖ lots ‖ spendings ‖ requests ‖ keys set aside ‖ surrendered tokens ‖
/// key logs ‖ BLAKE2b-256 of all before (32)`. Versions 1 and 2, which are read too, end with the requests and with the
/// surrendered tokens; in versions 1 to 3 all tokens have type 0x0005, and keys no length in front.
///
/// Counts and lengths are variable-size integers of RFC 9000. Nothing in it is encrypted: the file's mode keeps other
/// users out, and the version leaves room for a sealed form.
extension WalletContents {
    private static let magic = Array("portes wallet".utf8)
    private static let version: UInt8 = 4

    /// The bytes of the file.
    var encoded: [UInt8] {
        var writer = ByteWriter(capacity: 1024 + lots.reduce(0) { $0 + $1.bytes.count + 1024 })
        writer.append(Self.magic)
        writer.append(Self.version)
        writer.append(variableSizeInteger: UInt64(lots.count))
        for lot in lots {
            writer.append(prefixed: (lot.capability?.name ?? "").utf8)
            writer.append(prefixed: lot.challenge.encoded)
            writer.append(prefixed: lot.tokenKey.encoded)
            writer.append(variableSizeInteger: UInt64(lot.count))
            writer.append(lot.bytes)
        }
        writer.append(variableSizeInteger: UInt64(spendings.count))
        for spending in spendings {
            writer.append(prefixed: spending.token.encoded)
            writer.append(prefixed: spending.origin.text.utf8)
            writer.append(prefixed: spending.binding)
            writer.append(prefixed: spending.purpose)
        }
        writer.append(variableSizeInteger: UInt64(requests.count))
        for request in requests {
            writer.append(prefixed: (request.capability?.name ?? "").utf8)
            writer.append(prefixed: request.encoded)
        }
        writer.append(variableSizeInteger: UInt64(setAside.count))
        for key in setAside {
            writer.append(key.keyID.bytes)
            writer.append(prefixed: key.origin.text.utf8)
            writer.append(prefixed: key.reason.rawValue.utf8)
        }
        writer.append(variableSizeInteger: UInt64(surrendered.count))
        for surrendered in surrendered {
            writer.append(prefixed: (surrendered.capability?.name ?? "").utf8)
            writer.append(prefixed: surrendered.token.encoded)
        }
        writer.append(variableSizeInteger: UInt64(keyLogs.count))
        for log in keyLogs {
            writer.append(prefixed: log.issuer.text.utf8)
            writer.append(prefixed: log.seen)
        }
        return writer.bytes + KeyedBLAKE2b.hash(writer.bytes).bytes
    }

    /// Decodes the bytes of a file, every one of which must be as ``encoded`` of its version would write it.
    init(decoding bytes: [UInt8]) throws(WalletError) {
        guard bytes.count > Self.magic.count, bytes.starts(with: Self.magic) else { throw .corrupt }
        let version = bytes[Self.magic.count]
        guard version <= Self.version else { throw .newerVersion }
        guard version >= 1, bytes.count >= Self.magic.count + 1 + Bytes32.count else { throw .corrupt }
        let body = Array(bytes.dropLast(Bytes32.count))
        guard KeyedBLAKE2b.hash(body).bytes == Array(bytes.suffix(Bytes32.count)) else { throw .corrupt }
        var reader = ByteReader(body)
        do {
            _ = try reader.take(Self.magic.count + 1)
            lots = try reader.list { reader throws(MessageError) in try Lot(from: &reader, version: version) }
            spendings = try reader.list { reader throws(MessageError) in try Sent(from: &reader) }
            requests = try reader.list { reader throws(MessageError) in try Request(from: &reader) }
            if version > 1 {
                setAside = try reader.list { reader throws(MessageError) in try SetAside(from: &reader) }
                surrendered = try reader.list { reader throws(MessageError) in try Surrendered(from: &reader) }
            }
            if version > 2 { keyLogs = try reader.list { reader throws(MessageError) in try KeyLog(from: &reader) } }
            try reader.finish()
        } catch {
            throw .corrupt
        }
    }
}

extension WalletContents.Lot {
    fileprivate init(from reader: inout ByteReader, version: UInt8) throws(MessageError) {
        capability = try reader.capability()
        challenge = try TokenChallenge(decoding: reader.prefixed())
        let key = try version > 3 ? reader.prefixed() : Array(reader.take(Bytes32.count))
        tokenKey = try TokenKey(tokenType: challenge.tokenType, decoding: key)
        let size = Self.bytesPerToken(tokenKey.tokenType)
        guard let count = Int(exactly: try reader.variableSizeInteger()), count > 0, count <= reader.remaining / size
        else { throw .invalidLength }
        bytes = Array(try reader.take(count * size))
    }
}

extension WalletContents.Sent {
    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        token = try Token(decoding: reader.prefixed())
        origin = try ServerName(String(decoding: reader.prefixed(), as: UTF8.self))
        binding = try reader.prefixed()
        purpose = try reader.prefixed()
    }
}

extension WalletContents.SetAside {
    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        keyID = TokenKeyID(try reader.bytes32())
        origin = try ServerName(String(decoding: reader.prefixed(), as: UTF8.self))
        let reason = try RedemptionOutcome.Refusal(rawValue: String(decoding: reader.prefixed(), as: UTF8.self))
        guard let reason, reason.concernsKey else { throw .invalidEncoding }
        self.reason = reason
    }
}

extension WalletContents.Surrendered {
    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        capability = try reader.capability()
        token = try Token(decoding: reader.prefixed())
    }
}

extension WalletContents.KeyLog {
    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        issuer = try ServerName(String(decoding: reader.prefixed(), as: UTF8.self))
        seen = try reader.prefixed()
    }
}

extension WalletContents.Request {
    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        try self.init(capability: reader.capability(), encoded: reader.prefixed())
    }
}

extension ByteReader {
    /// As many items as a count says; each has at least one byte, so a count cannot exceed what is left.
    fileprivate mutating func list<Item>(
        _ item: (inout ByteReader) throws(MessageError) -> Item
    ) throws(MessageError) -> [Item] {
        let count = try variableSizeInteger()
        guard count <= UInt64(remaining) else { throw .truncated }
        var items: [Item] = []
        for _ in 0..<count { items.append(try item(&self)) }
        return items
    }

    fileprivate mutating func capability() throws(MessageError) -> Capability? {
        let name = try String(decoding: prefixed(), as: UTF8.self)
        if name.isEmpty { return nil }
        guard let capability = Capability(name) else { throw .invalidEncoding }
        return capability
    }
}
