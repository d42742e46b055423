package import HTTPTransport

/// Why a witness did not cosign a checkpoint.
package enum WitnessFailure: Error, Sendable, Equatable {
    /// No answer came, or one that is larger than an answer can be.
    case transport(HTTPTransportError)
    /// Not asked, or not waited for, because the deadline for all witnesses passed or enough others had answered.
    case notAwaited
    /// The witness does not know the log: 404.
    case unknownLog
    /// The witness does not accept the log's key, or its signature: 403.
    case untrustedLog
    /// The witness could not read the request: 400.
    case refusedRequest
    /// The witness does not see that the checkpoint extends the one it cosigned last: 422.
    case inconsistent
    /// The witness has cosigned another tree of this size: 409.
    case otherHistory(size: UInt64)
    /// The witness has cosigned a larger tree of this log, of `size` leaves: 409.
    case ahead(size: UInt64)
    /// The witness named one size as its last and then another, because somebody else asked it at the same time: 409.
    case overtaken(size: UInt64)
    /// The log gave no proof from what the witness cosigned last.
    case noProof(from: UInt64)
    /// The witness answered with an error of its own.
    case status(Int)
    /// The answer is not what the protocol says.
    case unreadableAnswer
    /// The answer has no line of the witness's key.
    case noCosignature
    /// A line of the witness's key does not hold for the checkpoint.
    case invalidCosignature
    /// The cosignature's time is so far from ours that nobody would count it; `age` in seconds, negative if ahead.
    case wrongTime(age: Int64)
}

extension WitnessFailure: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .transport(let error): error.description
        case .notAwaited: "the witness was not waited for"
        case .unknownLog: "the witness does not know this log"
        case .untrustedLog: "the witness does not accept the key of this log"
        case .refusedRequest: "the witness could not read the request"
        case .inconsistent: "the witness refused the proof that the log has only grown"
        case .otherHistory(let size): "the witness has cosigned another tree of \(size) leaves for this log"
        case .ahead(let size): "the witness has cosigned a tree of \(size) leaves, and this checkpoint has fewer"
        case .overtaken: "somebody else submitted a checkpoint of this log at the same time"
        case .noProof(let size): "there is no proof from the \(size) leaves that the witness cosigned last"
        case .status(let code): "the witness answered with the status \(code)"
        case .unreadableAnswer: "the witness's answer is not what the protocol says"
        case .noCosignature: "the witness answered without a cosignature of its key"
        case .invalidCosignature: "the witness's cosignature does not hold for this checkpoint"
        case .wrongTime(let age):
            age < 0
                ? "the time of the witness's cosignature is \(-age) s ahead"
                : "the witness's cosignature is \(age) s old"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .transport(let error): error.hint
        case .notAwaited: nil
        case .unknownLog, .untrustedLog:
            "have its operator add the log's verifier key, which portes authority show --log-key prints"
        case .refusedRequest, .unreadableAnswer, .status:
            "check that the URL is the submission prefix of a C2SP witness"
        case .inconsistent, .otherHistory, .ahead:
            "if the log's database was restored from an older copy, the log has two histories: it needs a new name"
        case .overtaken: "let only one process submit checkpoints of this log"
        case .noProof: "check the log's database: portes log verify"
        case .noCosignature, .invalidCosignature: "check the verifier key that is configured for the witness"
        case .wrongTime: "check this machine's clock, and have the witness's operator check that one"
        }
    }
}
