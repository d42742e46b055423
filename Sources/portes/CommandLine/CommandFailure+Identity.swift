import Identity
import PortesClient

extension CommandFailure {
    /// What is wrong with a recovery code, in words.
    init(_ error: RecoveryCodeError) {
        switch error {
        case .mistyped(let groups):
            let places = groups.map { "\($0)" }.joined(separator: groups.count == 2 ? " and " : ", ")
            let (noun, verb) = groups.count == 1 ? ("group", "is") : ("groups", "are")
            self.init(
                "the \(noun) \(places) of the recovery code \(verb) not as written down",
                hint: "compare \(groups.count == 1 ? "it" : "them") with the paper; a code has 14 groups of 5")
        case .wrongLength(let count):
            self.init(
                "a recovery code has 70 letters and digits, and this has \(count > 512 ? "far more" : "\(count)")",
                hint: "look for a group that is missing or was typed twice")
        case .wrongChecksum:
            self.init("the recovery code is wrong in several places", hint: "type it again, group by group")
        case .unknownVersion:
            self.init("the recovery code was made by a newer version of portes", hint: "update portes")
        }
    }

    /// What is wrong with an identity's file, in words.
    init(_ error: IdentityFileError, path: String) {
        switch error {
        case .absent:
            self.init(
                "there is no identity at \(path)",
                hint: "check --identity, make one with portes id create, or bring one back with portes id recover")
        case .exists:
            self.init(
                "there is an identity at \(path) already", hint: "name another file with --identity; nothing was changed")
        case .inUse: self.init("another process has \(path) open", hint: "wait until it is done")
        case .unreadable(let error): self.init(error, path: path)
        case .fileSystem(let code): self.init(fileSystem: code, path, option: "--identity")
        }
    }

    /// What is wrong with an identity, in words.
    init(_ error: KeptIdentityError, path: String) {
        switch error {
        case .corrupt:
            self.init(
                "\(path) is damaged, or no identity",
                hint: "it was left as it is; portes id recover brings the identity back into another file")
        case .newerVersion: self.init("a newer version of portes wrote \(path)", hint: "update portes")
        case .tooManyChanges:
            self.init(
                "a service was not told of the last 16 changes of the secret",
                hint: "portes id show says which; sign in there, or erase the account")
        }
    }

    /// Why nobody was signed in, in words.
    init(_ error: SignInError) {
        switch error {
        case .unreachable(let failure):
            self.init("no answer from the service: \(failure.text)", hint: failure.hint ?? "try again")
        case .overloaded(let seconds): self.init("the service is busy", hint: "try again in \(seconds ?? 5) s")
        case .failed(let status):
            self.init("the service answered with status \(status)", hint: "check --service and --path")
        case .badAnswer:
            self.init("the answer is not one of a service to sign in at", hint: "check --service and --path")
        case .otherAudience(let audience):
            self.init(
                "the service asks in the name of \(audience); nothing was signed",
                hint: "if it is the service you mean, add --audience \(audience)")
        case .refused(let refusal): self.init(refusal)
        }
    }

    private init(_ refusal: SignInError.Refusal) {
        switch refusal {
        case .superseded:
            self.init(
                "the service was told of a newer secret, and knows this one no more",
                hint: "use the device or the recovery code with the newest secret; if you did not change it, "
                    + "somebody else has: the account is theirs")
        case .unknownAccount:
            self.init("the service has no account of this identity", hint: "check --audience; nothing was changed")
        case .unknownChallenge, .expired, .replayed:
            self.init("the service has forgotten what it asked", hint: "try again")
        case .malformed, .wrongAudience, .wrongPurpose, .badSignature:
            self.init("the service does not take the answer: \(refusal.rawValue)", hint: "check --audience and --path")
        }
    }
}
