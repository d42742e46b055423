internal import KeySchedule
internal import LibSodium
internal import PrivacyPass

/// The file: `magic (13) ‖ version (1) ‖ lots ‖ spendings ‖ requests ‖ keys set aside ‖ surrendered tokens ‖ key logs ‖
/// series of requests ‖ recovered keys ‖ sessions ‖ BLAKE2b-256 of all before (32)`. Earlier versions are read too: 1
/// ends with the requests, 2 with the surrendered tokens, 3 and 4 with the key logs, 5 with the recovered keys; in
/// versions 1 to 3 all tokens have type 0x0005, and keys no length in front; in versions 1 to 5 all spendings are
/// redemptions.
///
/// Counts and lengths are variable-size integers of RFC 9000. A sealed file is `magic (13) ‖ 0x80 + version (1) ‖ what
/// stands between version and digest, sealed under a ``WalletKey`` with all before it as context`.
extension WalletContents {
    private static let magic = Array("portes wallet".utf8)
    private static let version: UInt8 = 6

    /// The bytes of the file, sealed if there is a key.
    func encoded(sealedWith key: WalletKey?) -> [UInt8] {
        guard let key else { return encoded }
        let front = Self.magic + [0x80 | Self.version]
        var body = Array(encoded.dropLast(Bytes32.count).dropFirst(front.count))
        defer { SecretBytes.wipe(&body) }
        return front + key.seal(body, context: front)
    }

    /// Reads a file, which is sealed or not; throws ``WalletError/sealed`` for one that is, where there is no key or
    /// another.
    init(decoding bytes: [UInt8], openedWith key: WalletKey?) throws(WalletError) {
        guard bytes.count > Self.magic.count, bytes.starts(with: Self.magic), bytes[Self.magic.count] & 0x80 != 0 else {
            self = try WalletContents(decoding: bytes)
            return
        }
        let front = Array(bytes.prefix(Self.magic.count + 1))
        guard bytes[Self.magic.count] & 0x7f <= Self.version else { throw .newerVersion }
        guard let body = key?.open(Array(bytes.dropFirst(front.count)), context: front) else { throw .sealed }
        let plain = Self.magic + [bytes[Self.magic.count] & 0x7f] + body
        self = try WalletContents(decoding: plain + KeyedBLAKE2b.hash(plain).bytes)
    }

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
            writer.append(spending.use.rawValue)
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
        writer.append(variableSizeInteger: UInt64(series.count))
        for series in series { series.append(to: &writer) }
        writer.append(variableSizeInteger: UInt64(recovered.count))
        for id in recovered.map(\.hexadecimal).sorted().compactMap({ Hexadecimal.decode($0) }) { writer.append(id) }
        writer.append(variableSizeInteger: UInt64(sessions.count))
        for session in sessions { session.append(to: &writer) }
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
            spendings = try reader.list { reader throws(MessageError) in try Sent(from: &reader, version: version) }
            requests = try reader.list { reader throws(MessageError) in try Request(from: &reader) }
            if version > 1 {
                setAside = try reader.list { reader throws(MessageError) in try SetAside(from: &reader) }
                surrendered = try reader.list { reader throws(MessageError) in try Surrendered(from: &reader) }
            }
            if version > 2 { keyLogs = try reader.list { reader throws(MessageError) in try KeyLog(from: &reader) } }
            if version > 4 {
                series = try reader.list { reader throws(MessageError) in try Series(from: &reader) }
                let ids = try reader.list { reader throws(MessageError) in TokenKeyID(try reader.bytes32()) }
                recovered = Set(ids)
                guard ids.map(\.hexadecimal) == recovered.map(\.hexadecimal).sorted() else { throw MessageError.invalidEncoding }
            }
            if version > 5 {
                sessions = try reader.list { reader throws(MessageError) in try KeptSession(from: &reader) }
            }
            try reader.finish()
        } catch {
            throw .corrupt
        }
    }
}

extension WalletContents.Series {
    fileprivate func append(to writer: inout ByteWriter) {
        writer.append(prefixed: (series.capability?.name ?? "").utf8)
        writer.append(prefixed: series.challenge.encoded)
        writer.append(prefixed: series.tokenKey.encoded)
        writer.append(series.salt)
        writer.append(UInt16(truncatingIfNeeded: series.batchSize))
        writer.append(next)
        writer.append(UInt8(isKept ? 1 : 0))
        writer.append(variableSizeInteger: UInt64(open.count))
        for (id, number) in open.sorted(by: { $0.value < $1.value }) {
            writer.append(id.bytes)
            writer.append(number)
        }
    }

    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        let capability = try reader.capability()
        let challenge = try TokenChallenge(decoding: reader.prefixed())
        let tokenKey = try TokenKey(tokenType: challenge.tokenType, decoding: reader.prefixed())
        series = try RequestSeries(
            capability: capability, challenge: challenge, tokenKey: tokenKey, salt: reader.bytes32(),
            batchSize: Int(reader.uint16()))
        next = try reader.uint32()
        let isKept = try reader.uint8()
        guard isKept <= 1 else { throw .invalidEncoding }
        self.isKept = isKept == 1
        var last: UInt32?
        let numbers = try reader.list { reader throws(MessageError) in (Nonce(try reader.bytes32()), try reader.uint32()) }
        for (id, number) in numbers {
            guard last.map({ $0 < number }) ?? true, open.updateValue(number, forKey: id) == nil else {
                throw .invalidEncoding
            }
            last = number
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

extension WalletContents.KeptSession {
    fileprivate func append(to writer: inout ByteWriter) {
        writer.append(prefixed: origin.text.utf8)
        writer.append(prefixed: session.text.utf8)
        writer.append(prefixed: session.seed)
        writer.append(UInt64(bitPattern: session.expiry.seconds))
    }

    fileprivate init(from reader: inout ByteReader) throws(MessageError) {
        origin = try ServerName(String(decoding: reader.prefixed(), as: UTF8.self))
        let text = try String(decoding: reader.prefixed(), as: UTF8.self)
        let seed = try reader.prefixed()
        let expiry = UnixTime(seconds: Int64(bitPattern: try reader.uint64()))
        guard let session = Session(text: text, seed: seed, expiry: expiry) else { throw .invalidEncoding }
        self.session = session
    }
}

extension WalletContents.Sent {
    fileprivate init(from reader: inout ByteReader, version: UInt8) throws(MessageError) {
        token = try Token(decoding: reader.prefixed())
        origin = try ServerName(String(decoding: reader.prefixed(), as: UTF8.self))
        binding = try reader.prefixed()
        purpose = try reader.prefixed()
        guard let use = version > 5 ? Use(rawValue: try reader.uint8()) : .redemption else { throw .invalidEncoding }
        // A seed has 32 bytes.
        guard use == .redemption || binding.count == Bytes32.count else { throw .invalidLength }
        self.use = use
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
