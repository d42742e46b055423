internal import LibSodium
internal import PrivacyPass

/// What a wallet holds: a value, so that a change is made on a copy, written, and only then counts.
struct WalletContents {
    /// Unspent tokens, those of the oldest key first.
    var lots: [Lot] = []
    /// Tokens that were sent, or were about to be, and for which no answer is known.
    var spendings: [Sent] = []
    /// Requests that were sent, or were about to be, and for which no answer is known.
    var requests: [Request] = []
    /// Keys whose tokens an origin does not take.
    var setAside: [SetAside] = []
    /// Tokens that were taken out to be revoked.
    var surrendered: [Surrendered] = []

    /// What was seen of the key logs of issuers.
    var keyLogs: [KeyLog] = []
    /// Requests that can be made again from the person's secret, by what they have in common.
    var series: [Series] = []
    /// Keys of which tokens were recovered, some of which may be spent already.
    var recovered: Set<TokenKeyID> = []
    /// Sessions that were opened and not closed, each at an origin.
    var sessions: [KeptSession] = []

    /// A session with all that is needed to use it after a restart.
    struct KeptSession {
        let origin: ServerName
        let session: Session
    }

    /// What was seen of one issuer's key log, as ``KeptKeyLog`` encodes it.
    struct KeyLog {
        let issuer: ServerName
        let seen: [UInt8]
    }

    /// Unspent tokens that differ only in nonce and authenticator.
    struct Lot {
        let capability: Capability?
        let challenge: TokenChallenge
        let tokenKey: TokenKey
        /// Nonce (32 bytes) and authenticator (48, 256 or 64) of each token: one array, so that a large lot is written
        /// fast.
        var bytes: [UInt8]

        /// Nonce and authenticator of a token of a type.
        static func bytesPerToken(_ tokenType: TokenType) -> Int {
            Bytes32.count + (tokenType.authenticatorCount ?? 0)
        }

        var bytesPerToken: Int { Lot.bytesPerToken(tokenKey.tokenType) }
        var count: Int { bytes.count / bytesPerToken }
        var keyID: TokenKeyID { tokenKey.id }

        /// The nonces of its tokens.
        var nonces: [Nonce] {
            stride(from: 0, to: bytes.count, by: bytesPerToken).compactMap { start in
                Bytes32(bytes[start..<start + Bytes32.count]).map { Nonce($0) }
            }
        }
    }

    /// A token on its way, with all that is needed to send it again exactly as before.
    struct Sent {
        let token: Token
        let origin: ServerName
        let binding: [UInt8]
        let purpose: [UInt8]
        let use: Use

        /// What a token is sent for.
        enum Use: UInt8 {
            /// To be redeemed, with the binding in the request.
            case redemption = 0
            /// To open a session that its bearer may use; the binding stays here.
            case session = 1
            /// To open a session that is bound to a key whose seed is the binding.
            case boundSession = 2
        }

        var nonce: Nonce { token.input.nonce }
    }

    /// A key of which an origin said that it takes no tokens. The word of one origin counts at no other.
    struct SetAside: Hashable {
        let keyID: TokenKeyID
        let origin: ServerName
        let reason: RedemptionOutcome.Refusal

        func concerns(_ keyID: TokenKeyID, at origin: ServerName) -> Bool {
            self.keyID == keyID && self.origin.isSameServer(as: origin)
        }
    }

    /// A token that is to be revoked, until it is known that it was.
    struct Surrendered {
        let capability: Capability?
        let token: Token
    }

    /// A request on its way.
    struct Request {
        let capability: Capability?
        /// The encoding of its ``PendingTokens``, blinds included.
        let encoded: [UInt8]
        /// The same without the blinds.
        let stored: StoredRequest

        /// The first of its nonces, which no two requests share.
        let id: Nonce

        /// A request in its stored form; throws ``MessageError`` for bytes that are none.
        init(capability: Capability?, encoded: [UInt8]) throws(MessageError) {
            stored = try StoredRequest(decoding: encoded)
            guard let id = stored.nonces.first else { throw .emptyBatch }
            self.capability = capability
            self.encoded = encoded
            self.id = id
        }
    }

    /// How many tokens are unspent.
    var tokenCount: Int { lots.reduce(0) { $0 + $1.count } }

    /// Adds tokens that answer one challenge under one key.
    mutating func add(
        _ tokens: [Token], capability: Capability?, challenge: TokenChallenge, tokenKey: TokenKey
    ) {
        let bytes = tokens.flatMap { $0.input.nonce.bytes.bytes + $0.authenticator }
        let index = lots.firstIndex {
            $0.capability == capability && $0.challenge == challenge && $0.tokenKey == tokenKey
        }
        if let index {
            lots[index].bytes += bytes
        } else {
            lots.append(Lot(capability: capability, challenge: challenge, tokenKey: tokenKey, bytes: bytes))
        }
    }

    /// Takes one unspent token out for an origin, of the oldest key that is not set aside there, or gives `nil` if
    /// there is none.
    mutating func take(_ capability: Capability?, for challenge: TokenChallenge, at origin: ServerName) -> Token? {
        let setAside = setAside
        return takeFirst { lot in
            guard lot.capability == capability, lot.challenge == challenge else { return false }
            let keyID = lot.keyID
            return !setAside.contains { $0.concerns(keyID, at: origin) }
        }
    }

    /// Takes one token out of the first lot that fits, or gives `nil` if there is none.
    mutating func takeFirst(_ fits: (Lot) -> Bool) -> Token? {
        guard let index = lots.firstIndex(where: { $0.count > 0 && fits($0) }) else { return nil }
        let lot = lots[index]
        let challenge = lot.challenge
        let bytes = lot.bytes.suffix(lot.bytesPerToken)
        lots[index].bytes.removeLast(bytes.count)
        if lots[index].bytes.isEmpty { lots.remove(at: index) }
        guard let nonce = Bytes32(bytes.prefix(Bytes32.count)) else { return nil }
        let input = AuthenticatorInput(
            tokenType: challenge.tokenType, nonce: Nonce(nonce), challengeDigest: challenge.digest,
            keyID: lot.keyID)
        return try? Token(input: input, authenticator: Array(bytes.dropFirst(Bytes32.count)))
    }
}

extension WalletContents: CustomStringConvertible, CustomReflectable {
    /// Says only that this is what a wallet holds.
    var description: String { "WalletContents" }
    /// Shows no part of it.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension WalletContents.Lot: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a lot: it holds tokens.
    var description: String { "Lot" }
    /// Shows no part of it.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension WalletContents.Sent: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a token on its way.
    var description: String { "Sent" }
    /// Shows no part of it.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension WalletContents.KeptSession: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a session.
    var description: String { "KeptSession" }
    /// Shows no part of it.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension WalletContents.Surrendered: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a token to be revoked.
    var description: String { "Surrendered" }
    /// Shows no part of it.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension WalletContents.Request: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a request: it holds blinds.
    var description: String { "Request" }
    /// Shows no part of it.
    var customMirror: Mirror { Mirror(self, children: [:]) }
}
