import KeyTransparency
import PortesClient

extension CommandFailure {
    private static let tellAdmin = "try again; if it goes on, tell the issuer's admin"
    private static let doNotUse = "do not use this issuer: it may be telling its clients apart by their keys"

    /// Why a client takes no key from an issuer, in words.
    init(_ refusal: KeyLogRefusal) {
        switch refusal {
        case .logKeyNotGiven:
            self.init(
                "the key of the issuer's log is not known",
                hint: "ask its admin, who gets it from portes authority show --log-key, and add --log-key KEY")
        case .witnessesNotGiven:
            self.init(
                "no witness of the issuer's log is named",
                hint: "add --witness KEY with the key of one you trust; only an issuer on this machine needs none")
        case .otherLogKey:
            self.init(
                "the log's key is another than the one seen before",
                hint: "if the issuer's admin says that the log was begun anew, add --forget-log once")
        case .unreachable(let failure):
            self.init("no answer from the issuer's log: \(failure.text)", hint: failure.hint ?? "try again")
        case .notServed(let path, let status):
            self.init(
                "the issuer does not serve its log: status \(status) for \(path)",
                hint: "check the URL; if it is right, tell the issuer's admin")
        case .malformed(let path):
            self.init("what the issuer's log serves as \(path) is not that", hint: Self.tellAdmin)
        case .tooLarge(let size):
            self.init(
                "the issuer's log says that it has \(size) entries, more than any log of keys needs",
                hint: "tell the issuer's admin")
        case .badSignature:
            self.init(
                "the log's checkpoint is not signed with the log's key, or a signature on it does not hold",
                hint: """
                    check --log-key and --witness; if the issuer's admin says that the log was begun anew, add \
                    --forget-log once; otherwise do not use this issuer
                    """)
        case .tooFewWitnesses(let found, let needed, let stale):
            let earlier = stale > 0 ? ", \(stale) longer ago" : ""
            self.init(
                "the log's checkpoint has \(found) of \(needed) cosignatures within the last 24 h\(earlier)",
                hint: "try again later; if it goes on, the witnesses are down, or they were shown another log than you")
        default: self.init(caught: refusal)
        }
    }

    /// Those that an honest issuer gives no cause for, or none but a mistake.
    private init(caught refusal: KeyLogRefusal) {
        switch refusal {
        case .rollback(let size, let seen):
            self.init(
                "the issuer's log has \(size) entries, and had \(seen) before: some were taken back",
                hint: Self.doNotUse)
        case .fork(let seen):
            self.init(
                "the issuer's log does not begin with the \(seen) entries seen before: it is another log than then",
                hint: Self.doNotUse)
        case .entriesDoNotFit:
            self.init("the log's entries are not those that its checkpoint signs", hint: Self.tellAdmin)
        case .malformedEntry(let index):
            self.init("entry \(index) of the issuer's log cannot be read", hint: "update portes, or tell its admin")
        case .ruleBroken(let violation, let index):
            self.init("entry \(index) of the issuer's log breaks a rule: \(violation.words)", hint: Self.doNotUse)
        case .developmentLog:
            self.init(
                "the issuer's log is one of development, whose dates may move",
                hint: "use it from the same machine only")
        case .keyNotInLog:
            self.init(
                "the key that the issuer offers is not in its log",
                hint: "try again; if it goes on, do not use this issuer: the key may have been made for you alone")
        case .notTheIssuingKey:
            self.init(
                "the key that the issuer offers is not the one that its log lets issue now",
                hint: "check this machine's clock and try again; if it goes on, do not use this issuer")
        case .tooManyIssuingKeys:
            self.init("by the issuer's log more than two keys issue within two minutes", hint: Self.doNotUse)
        case .damagedStore:
            self.init(
                "what was kept of the issuer's log is damaged",
                hint: "restore it, or add --forget-log once; an older log than before then goes unnoticed once")
        case .storeFailed(let failure):
            self.init(
                "what was seen of the issuer's log cannot be kept: \(failure.text)",
                hint: failure.hint ?? "make room, or check the permissions")
        default: self.init("the issuer's log is not believed", hint: Self.doNotUse)
        }
    }

    /// What is wrong with the keys that were given.
    init(_ error: KeyLogPolicy.PolicyError, witnesses: [String]) {
        let form = "give NAME+HEXID+BASE64 in one word, in quotes"
        switch error {
        case .malformedLogKey: self = .usage("--log-key does not take that: it is not the key of a log", hint: form)
        case .malformedWitness(let index):
            let text = witnesses.indices.contains(index) ? witnesses[index] : ""
            self = .usage("--witness does not take '\(text)': it is not the key of a witness", hint: form)
        case .threshold:
            self = .usage(
                "--witnesses asks for more cosignatures than there are witnesses, or a witness is named twice",
                hint: "give --witness once for each, and --witnesses a number up to that")
        }
    }
}
