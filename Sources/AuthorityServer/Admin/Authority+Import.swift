import AuthorityKeys
import AuthorityStore
import Issuance
import KeySchedule
import PrivacyPass

extension Authority {
    /// Announces a key whose secret lies in the key directory already: the command put it there, sealed. Otherwise as
    /// ``createKey(_:secret:)``; where that is refused, the secret is gone.
    func importKey(_ parameters: KeyParameters, id digits: String) throws -> KeySummary {
        let keyring = try openKeyring()
        guard let id = TokenKeyID(hexadecimal: digits) else { throw AdminRefusal("'\(digits)' is no full key id") }
        guard try !database.keys().contains(where: { $0.record.id == id }) else {
            throw AdminRefusal("this authority has had that key already", hint: "make another; see portes key list")
        }
        let secret = try keyring.secret(withID: id)
        guard try !database.isTruncatedIDInUse(id.truncated, tokenType: secret.tokenKey.tokenType) else {
            throw AdminRefusal(
                "requests could not tell that key from another: both ids end with \(id.hexadecimal.suffix(2))",
                hint: "make another: a day after its acceptance that key makes room")
        }
        return try createKey(parameters, secret: secret)
    }
}
