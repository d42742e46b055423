/// Why a statement of another party does not count; the raw values are names of problems.
package enum StatementError: String, Error, Sendable, Hashable, CaseIterable {
    /// It is longer than 8 KiB.
    case tooLarge = "statement-too-large"
    /// It is not three parts of base64url with JSON objects in the first two.
    case malformed = "statement-malformed"
    /// It holds another token instead of claims, or is encrypted.
    case nested = "statement-nested"
    /// A member of an object stands there twice.
    case duplicateMember = "statement-duplicate-member"
    /// The header names an algorithm that is not allowed for its party, or not that of the key.
    case algorithmRefused = "statement-algorithm-refused"
    /// The header has a member that is none of `alg`, `kid` and `typ`, or another type.
    case headerRefused = "statement-header-refused"
    /// The party is not one whose statements are taken.
    case unknownIssuer = "statement-issuer-unknown"
    /// The party has no such key.
    case unknownKey = "statement-key-unknown"
    /// The party's keys cannot be read now: ask later.
    case keysUnavailable = "statement-keys-unavailable"
    /// The signature does not hold.
    case invalidSignature = "statement-signature-invalid"
    /// A claim is missing, or not of its kind.
    case invalidClaim = "statement-claim-invalid"
    /// It is for another authority.
    case wrongAudience = "statement-audience-wrong"
    /// Its time is over.
    case expired = "statement-expired"
    /// Its time has not come.
    case notYetValid = "statement-not-yet-valid"
    /// It is good for longer than a statement may be.
    case livesTooLong = "statement-lives-too-long"
    /// The party may not speak of this capability.
    case capabilityRefused = "statement-capability-refused"
    /// It is about more tokens than the party may give.
    case tooManyTokens = "statement-too-many-tokens"
    /// It is bound to another account, or another salt.
    case wrongAccount = "statement-account-wrong"
}
