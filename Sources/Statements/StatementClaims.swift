internal import Accounts
internal import Attestation
internal import JOSE
internal import KeySchedule
internal import LibSodium
internal import PrivacyPass

/// What a statement says. Whatever else stands in it is not looked at, and nowhere kept.
struct StatementClaims: Sendable {
    /// The member of `cnf` (RFC 7800) that binds a statement to an account.
    static let bindingName = "portes-account"

    let audience: String
    let expires: UnixTime
    let notBefore: UnixTime?
    let id: String
    let capability: Capability
    let tokens: Int64
    let binding: Bytes32

    /// The claims in a statement's payload.
    init(_ claims: [String: JSONValue]) throws(StatementError) {
        audience = try Self.audience(claims["aud"])
        guard let expires = Self.time(claims["exp"]) else { throw .invalidClaim }
        self.expires = expires
        notBefore = try claims["nbf"].map { value throws(StatementError) in
            guard let time = Self.time(value) else { throw .invalidClaim }
            return time
        }
        guard case .string(let id)? = claims["jti"], (1...256).contains(id.utf8.count),
            case .string(let name)? = claims["capability"], let capability = Capability(name),
            case .number(let count)? = claims["tokens"], let tokens = Int64(exactly: count), tokens > 0,
            case .object(let confirmation)? = claims["cnf"], case .string(let text)? = confirmation[Self.bindingName],
            let binding = Base64URL.decode(text).flatMap({ Bytes32($0) })
        else { throw .invalidClaim }
        (self.id, self.capability, self.tokens, self.binding) = (id, capability, tokens, binding)
    }

    /// Throws unless the party may say this, here, now and of this account.
    func check(
        _ issuer: StatementIssuer, authority: ServerName, binding: StatementBinding, at now: UnixTime
    ) throws(StatementError) {
        guard (try? ServerName(audience))?.isSameServer(as: authority) == true else { throw .wrongAudience }
        let leeway = StatementCredit.leeway
        guard expires.adding(seconds: leeway) > now else { throw .expired }
        if let notBefore, notBefore.adding(seconds: -leeway) > now { throw .notYetValid }
        guard expires <= now.adding(seconds: StatementCredit.longestLife + leeway) else { throw .livesTooLong }
        guard issuer.capabilities.contains(capability) else { throw .capabilityRefused }
        guard tokens <= issuer.maximumTokens else { throw .tooManyTokens }
        guard self.binding == binding.bytes else { throw .wrongAccount }
    }

    /// One audience alone: a statement for two authorities could be used at both.
    private static func audience(_ value: JSONValue?) throws(StatementError) -> String {
        switch value {
        case .string(let name)?: return name
        case .array(let names)?:
            guard case .string(let name)? = names.first, names.count == 1 else { throw .wrongAudience }
            return name
        default: throw .invalidClaim
        }
    }

    /// A NumericDate (RFC 7519, section 2), rounded down.
    private static func time(_ value: JSONValue?) -> UnixTime? {
        guard case .number(let seconds)? = value, (0...0x1p52).contains(seconds) else { return nil }
        return UnixTime(seconds: Int64(seconds.rounded(.down)))
    }
}
