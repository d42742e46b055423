package import KeySchedule

/// What an authority answers to an ``AdminRequest``.
package enum AdminReply: Sendable, Hashable, Codable {
    /// The key that was made, changed or found.
    case key(KeySummary)
    /// All keys.
    case keys([KeySummary])
    /// What has to be in the key directory.
    case inventory(KeyInventory)
    /// A signed key delivery for one verifier (compact JWS).
    case delivery(String)
    /// The verifier that was added, removed or found; after adding, those of its capabilities that no key issues, and
    /// those with keys that take a secret to verify, where it gets none.
    case verifier(VerifierSummary, withoutKey: [String] = [], withoutSecret: [String] = [])
    /// All verifiers.
    case verifiers([VerifierSummary])
    /// New vouchers with their codes: secrets; their capability where no key issues it, nor will.
    case voucherCodes([VoucherWithCode], withoutKey: [String])
    /// The voucher that was revoked or found.
    case voucher(VoucherSummary)
    /// All vouchers.
    case vouchers([VoucherSummary])
    /// The entry that was appended, or was there already.
    case revocation(RevocationSummary)
    /// What revoking a key did, or would do.
    case keyRevocation(KeyRevocationSummary)
    /// What will happen to the keys.
    case plan(KeyPlanSummary)
    /// The published key log and revocation list as files.
    case logExport(LogExport)
    /// The database was copied.
    case snapshot
    /// Published revocations.
    case revocations([RevocationSummary])
    /// Who the authority is.
    case authority(AuthoritySummary)
    /// What was asked cannot be done: what went wrong and what to do next, lower case, without a full stop.
    case refused(message: String, hint: String?)
}

extension AdminReply: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a reply: it may hold new voucher codes.
    package var description: String { "AdminReply" }
    /// Shows no part of it.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// A key as an admin sees it.
package struct KeySummary: Sendable, Hashable, Codable {
    /// The id, 64 hexadecimal digits.
    package var id: String
    /// The public record.
    package var record: KeyRecord
    /// The state at the time of the reply.
    package var state: KeyState
    /// How many tokens were issued.
    package var issued: Int64
    /// Whether it shall have no successor.
    package var isRetired: Bool
    /// How many of its tokens clearing servers said were spent; `nil` for a key that is not in the key log.
    package var redeemed: UInt64?
    /// When this was found out.
    package var now: UnixTime

    enum CodingKeys: String, CodingKey {
        case id, record, state, issued, redeemed, now
        case isRetired = "retired"
    }

    /// A summary from its parts.
    package init(
        id: String, record: KeyRecord, state: KeyState, issued: Int64, isRetired: Bool, redeemed: UInt64? = nil,
        now: UnixTime
    ) {
        self.id = id
        self.record = record
        self.state = state
        self.issued = issued
        self.isRetired = isRetired
        self.redeemed = redeemed
        self.now = now
    }
}

/// What an authority's key directory has to hold: all of it is public.
package struct KeyInventory: Sendable, Hashable, Codable {
    /// The issuer's name; `nil` until it has one.
    package var issuer: String?
    /// The names of the files of the signing keys in use.
    package var signingFiles: [String]
    /// All token keys ever, with their states.
    package var keys: [KeySummary]

    enum CodingKeys: String, CodingKey {
        case issuer, keys
        case signingFiles = "signing-files"
    }

    /// An inventory from its parts.
    package init(issuer: String?, signingFiles: [String], keys: [KeySummary]) {
        self.issuer = issuer
        self.signingFiles = signingFiles
        self.keys = keys
    }
}

/// A trusted clearing server as an admin sees it.
package struct VerifierSummary: Sendable, Hashable, Codable {
    /// The admin's name for it.
    package var name: String
    /// The verifier's id, base64url of 32 bytes.
    package var id: String
    /// Its identity, as the server prints it: base64url of 64 bytes, or of 32 for one that hands over no counts.
    package var publicKey: String
    /// The capabilities whose keys it gets.
    package var capabilities: [String]
    /// Whether it gets public keys alone.
    package var isPublicOnly: Bool

    enum CodingKeys: String, CodingKey {
        case name, id, capabilities
        case publicKey = "public-key"
        case isPublicOnly = "public-only"
    }

    /// A summary from its parts.
    package init(name: String, id: String, publicKey: String, capabilities: [String], isPublicOnly: Bool = false) {
        self.isPublicOnly = isPublicOnly
        self.name = name
        self.id = id
        self.publicKey = publicKey
        self.capabilities = capabilities
    }
}

/// A voucher as an admin sees it: never its code.
package struct VoucherSummary: Sendable, Hashable, Codable {
    /// The beginning of the code's hash, hexadecimal.
    package var id: String
    /// The capability.
    package var capability: String
    /// How many tokens it was worth.
    package var tokens: Int
    /// How many are left.
    package var remaining: Int
    /// Whether it is refused.
    package var isRevoked: Bool

    enum CodingKeys: String, CodingKey {
        case id, capability, tokens, remaining
        case isRevoked = "revoked"
    }

    /// A summary from its parts.
    package init(id: String, capability: String, tokens: Int, remaining: Int, isRevoked: Bool) {
        self.id = id
        self.capability = capability
        self.tokens = tokens
        self.remaining = remaining
        self.isRevoked = isRevoked
    }
}

/// A new voucher with its code, which is a secret.
package struct VoucherWithCode: Sendable, Hashable, Codable, CustomStringConvertible, CustomReflectable {
    /// The code.
    package var code: String
    /// The id, by which an admin speaks of it.
    package var id: String

    /// A voucher from its parts.
    package init(code: String, id: String) {
        self.code = code
        self.id = id
    }

    /// Says only that this is a voucher.
    package var description: String { "VoucherWithCode" }
    /// Shows no part of it.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}

/// Who an authority is.
package struct AuthoritySummary: Sendable, Hashable, Codable {
    /// The issuer's name in challenges.
    package var issuer: String
    /// The key that signs deliveries, base64url of 32 bytes: what a clearing server pins.
    package var deliveryKey: String
    /// The verifier key of the key log (C2SP signed-note): what clients pin.
    package var logKey: String
    /// The key that signs the revocation list's heads, base64url of 32 bytes: what those pin who verify tokens with
    /// public keys alone. A clearing server is told it with its keys.
    package var revocationKey: String

    enum CodingKeys: String, CodingKey {
        case issuer
        case deliveryKey = "authority-key"
        case logKey = "log-key"
        case revocationKey = "revocation-key"
    }

    /// A summary from its parts.
    package init(issuer: String, deliveryKey: String, logKey: String, revocationKey: String) {
        self.issuer = issuer
        self.deliveryKey = deliveryKey
        self.logKey = logKey
        self.revocationKey = revocationKey
    }
}
