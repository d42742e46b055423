package import LibSodium
package import PrivacyPass

/// Who asks, as an `Authorization` field: an account's public key, and its signature over one request.
///
/// `PortesAccount` and base64url without padding of `key (32) ‖ signature (64)`, at the end of an account
/// `‖ challenge (42)`. The signature says nothing about any other request, so it need not be secret for long.
package struct AccountCredentials: Sendable, Hashable {
    /// The authentication scheme.
    package static let scheme = "PortesAccount"

    /// The account.
    package let account: Ed25519.PublicKey
    /// The server's challenge, where the act needs one.
    package let challenge: AccountChallenge?
    private let signature: Bytes64

    /// Credentials for the request with this digest, to the issuer with this name.
    package init(
        _ act: AccountAct, digest: Bytes32, issuer: ServerName, key: borrowing Ed25519.PrivateKey
    ) {
        account = key.publicKey
        challenge = nil
        signature = key.signature(for: act.message(issuer: issuer, digest: digest))
    }

    /// Credentials that end an account.
    package init(closingAt issuer: ServerName, challenge: AccountChallenge, key: borrowing Ed25519.PrivateKey) {
        account = key.publicKey
        self.challenge = challenge
        signature = key.signature(for: AccountAct.closing.message(issuer: issuer, digest: challenge.digest))
    }

    /// The credentials in the value of an `Authorization` field, or `nil` if they have not their form.
    package init?(fieldValue: String) {
        guard let encoded = Self.token(in: fieldValue), !encoded.utf8.contains(UInt8(ascii: "=")),
            let bytes = Base64URL.decode(encoded)
        else { return nil }
        var reader = ByteReader(bytes)
        guard let key = try? reader.bytes32(), let signature = (try? reader.take(Bytes64.count)).flatMap({ Bytes64($0) })
        else { return nil }
        account = Ed25519.PublicKey(key)
        self.signature = signature
        let rest = Array(bytes.dropFirst(Bytes32.count + Bytes64.count))
        challenge = AccountChallenge(decoding: rest)
        guard rest.isEmpty || challenge != nil else { return nil }
    }

    /// Whether the value of an `Authorization` field is meant to be such credentials.
    package static func isScheme(of fieldValue: String) -> Bool {
        fieldValue.prefix { $0 != " " }.lowercased() == scheme.lowercased()
    }

    private static func token(in fieldValue: String) -> Substring? {
        let parts = fieldValue.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, isScheme(of: fieldValue), parts[1].utf8.count <= 256 else { return nil }
        return parts[1]
    }

    /// The value of the field.
    package var fieldValue: String {
        let bytes = account.encoded.bytes + signature.bytes + (challenge?.encoded ?? [])
        return Self.scheme + " " + Base64URL.encode(bytes, padded: false)
    }

    /// Whether the account signed this request, to this issuer. Variable-time; takes some 50 µs.
    package func isValid(for act: AccountAct, digest: Bytes32, issuer: ServerName) -> Bool {
        challenge == nil && account.isValidSignature(signature, for: act.message(issuer: issuer, digest: digest))
    }

    /// Whether the account signed its own end over the challenge.
    package func isValidClosing(at issuer: ServerName) -> Bool {
        guard let challenge else { return false }
        return account.isValidSignature(
            signature, for: AccountAct.closing.message(issuer: issuer, digest: challenge.digest))
    }
}

extension AccountCredentials: CustomStringConvertible, CustomReflectable {
    /// Says only that these are credentials.
    package var description: String { "AccountCredentials" }
    /// Shows no part of them.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
