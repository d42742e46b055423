internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What is given for an account: the body of `POST /accounts`.
package enum AccountFee: Sendable, Hashable {
    /// Where accounts are opened and closed.
    package static let path = "/accounts"

    /// Computing time: a number that solves a challenge.
    case proofOfWork(challenge: AccountChallenge, number: UInt64)
    /// A voucher's code.
    case voucher(String)
    /// A statement of another party; what it gives is the account's credit from the beginning.
    case statement(StatementPresentation)

    /// How an account may be paid for.
    package enum Kind: String, Sendable, Hashable, CaseIterable, Codable {
        /// With computing time.
        case proofOfWork = "proof-of-work"
        /// With a voucher.
        case voucher
        /// With a statement of another party.
        case statement
    }

    /// Which of the three it is.
    package var kind: Kind {
        switch self {
        case .proofOfWork: .proofOfWork
        case .voucher: .voucher
        case .statement: .statement
        }
    }

    private struct Wire: Codable {
        var proofOfWork: Proof?
        var voucher: String?
        var statement: StatementPresentation?

        struct Proof: Codable {
            var challenge: String
            var number: String
        }

        enum CodingKeys: String, CodingKey {
            case proofOfWork = "proof-of-work"
            case voucher, statement
        }
    }

    /// The fee in a message; `nil` if there is none, or more than one.
    package init?(decoding bytes: [UInt8]) {
        guard let wire = try? JSONDecoder().decode(Wire.self, from: Data(bytes)) else { return nil }
        switch (wire.proofOfWork, wire.voucher, wire.statement) {
        case (let proof?, nil, nil):
            guard let challenge = Base64URL.decode(proof.challenge).flatMap({ AccountChallenge(decoding: $0) }),
                let number = Base64URL.decode(proof.number), number.count == 8
            else { return nil }
            self = .proofOfWork(challenge: challenge, number: number.reduce(0) { $0 << 8 | UInt64($1) })
        case (nil, let code?, nil): self = .voucher(code)
        case (nil, nil, let statement?): self = .statement(statement)
        default: return nil
        }
    }

    /// The message.
    package var encoded: [UInt8] {
        var wire = Wire()
        switch self {
        case .proofOfWork(let challenge, let number):
            wire.proofOfWork = Wire.Proof(
                challenge: Base64URL.encode(challenge.encoded, padded: false),
                number: Base64URL.encode(ProofOfWork.bytes(of: number), padded: false))
        case .voucher(let code): wire.voucher = code
        case .statement(let statement): wire.statement = statement
        }
        return AccountJSON.encode(wire)
    }
}

extension AccountFee: CustomStringConvertible, CustomReflectable {
    /// Says only of which kind it is.
    package var description: String { kind.rawValue }
    /// Shows no part of it.
    package var customMirror: Mirror { Mirror(self, children: [:]) }
}
