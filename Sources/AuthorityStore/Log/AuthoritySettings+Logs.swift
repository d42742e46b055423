package import KeyTransparency
import PrivacyPass

extension AuthoritySettings {
    /// The origin in a log's checkpoints, the issuer's name and what the log is about; `nil` while there is no name.
    package func origin(of log: StoredLog) -> NoteKeyName? {
        // A log of heads that was begun anew is another log.
        let heads = headLog > 1 ? "/revocations-\(headLog)" : "/revocations"
        return issuerName.flatMap { NoteKeyName($0.text + (log == .keys ? "/log" : heads)) }
    }

    /// What others need to check a log's checkpoints; `nil` while there is no name or no key.
    package func verificationKey(of log: StoredLog) -> NoteVerificationKey? {
        guard let origin = origin(of: log), let key = log == .keys ? keyLogKey : revocationLogKey else { return nil }
        return NoteVerificationKey(name: origin, type: .ed25519, publicKey: key)
    }
}
