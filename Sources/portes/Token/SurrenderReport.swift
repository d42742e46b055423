import PortesClient
import PrivacyPass

/// What an issuer answered to a token whose holder gave it up.
struct SurrenderReport: Encodable {
    private let outcome: String
    private let nullifier: String
    private let keyID: String

    private enum CodingKeys: String, CodingKey {
        case outcome, nullifier
        case keyID = "key-id"
    }

    /// A report; throws if the issuer does not know the token.
    init(_ outcome: SurrenderOutcome, nullifier: String, keyID: TokenKeyID) throws {
        switch outcome {
        case .revoked: self.outcome = "revoked"
        case .needless(let reason): self.outcome = reason.rawValue
        case .refused:
            throw CommandFailure(
                "the issuer says that the token is none of its own", hint: "check --issuer and where the token is from")
        }
        self.nullifier = nullifier
        self.keyID = keyID.hexadecimal
    }

    /// Prints it.
    func show(json: Bool) throws {
        if json { return try Output.json(self) }
        let words =
            switch outcome {
            case "revoked": "the token is revoked"
            case SurrenderOutcome.Reason.keyNoLongerAccepted.rawValue:
                "nothing to do: the time of the token's key is over"
            case SurrenderOutcome.Reason.keyRevoked.rawValue: "nothing to do: the token's key is revoked"
            default: "nothing to do: the token's capability is revoked"
            }
        try Output.data("\(words): \(nullifier)")
    }
}
