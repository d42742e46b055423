internal import Accounts
public import Identity
public import LibSodium
public import PrivacyPass
internal import SignIn

/// The key of a person's account at one token authority. Whoever has it draws on the account, so it has no description.
///
/// A key of its own for each authority, such as one that is derived from the person's secret: then nobody can tell that
/// two accounts are the same person's.
public final class AccountKey: Sendable {
    private let key: Ed25519.PrivateKey

    /// An account with this key.
    public init(_ key: consuming Ed25519.PrivateKey) { self.key = key }

    /// A person's account at an issuer, which nobody can tell to be the same person's as another; `nil` where the
    /// issuer's name has more than 255 characters.
    public convenience init?(_ identity: borrowing IdentitySecret, at issuer: ServerName) {
        guard let authority = Audience(issuer.text) else { return nil }
        self.init(identity.accountKey(at: authority))
    }

    /// What the authority knows of the account.
    public var publicKey: Ed25519.PublicKey { key.publicKey }

    /// Signs a request.
    func credentials(_ act: AccountAct, body: [UInt8], mediaType: String, issuer: ServerName) -> HeaderField {
        let digest = RequestDigest.digest(body: body, mediaType: mediaType)
        let credentials = AccountCredentials(act, digest: digest, issuer: issuer, key: key)
        return HeaderField("authorization", credentials.fieldValue)
    }

    /// Signs the account's end.
    func closing(_ challenge: AccountChallenge, issuer: ServerName) -> HeaderField {
        HeaderField(
            "authorization", AccountCredentials(closingAt: issuer, challenge: challenge, key: key).fieldValue)
    }
}

extension AccountKey: CustomStringConvertible, CustomReflectable {
    /// Says only that this is an account's key.
    public var description: String { "AccountKey" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
