import AuthorityServer
import KeyFiles
import KeySchedule

/// What becomes of each secret in a backup: a pure function of what the authority says now.
struct KeyRestorePlan {
    /// What becomes of one secret.
    enum Decision: Equatable {
        /// Its file is missing, and is put back.
        case restore
        /// Its file is there, and is left alone.
        case present
        /// The authority's records say that the key has moved on.
        case over(KeyState)
        /// The authority's records do not know it.
        case unknown

        /// The decision in a word, for people and programs.
        var text: String {
            switch self {
            case .restore: "restored"
            case .present: "present"
            case .over(let state): state.rawValue
            case .unknown: "unknown"
            }
        }
    }

    let decisions: [(name: KeyFileName, decision: Decision)]

    /// Decides on each secret of a backup.
    init(_ names: [KeyFileName], inventory: KeyInventory, isPresent: (KeyFileName) -> Bool) {
        let states = Dictionary(inventory.keys.map { ($0.id, $0.state) }, uniquingKeysWith: { first, _ in first })
        decisions = names.map { name in
            (name, Self.decide(name, states, signing: inventory.signingFiles, isPresent: isPresent(name)))
        }
    }

    private static func decide(
        _ name: KeyFileName, _ states: [String: KeyState], signing: [String], isPresent: Bool
    ) -> Decision {
        if isPresent { return .present }
        guard name.purpose == .token else { return signing.contains(name.fileName) ? .restore : .unknown }
        switch states[String(name.fileName.prefix(64))] {
        case nil: return .unknown
        case .ended: return .over(.ended)
        case .revoked: return .over(.revoked)
        case .announced, .issuing, .accepting: return .restore
        }
    }

    /// Whether a backup is of another authority than this: neither has a signing key of the other.
    static func isForeign(_ backup: KeyInventory, to present: KeyInventory) -> Bool {
        !backup.signingFiles.isEmpty && !present.signingFiles.isEmpty
            && Set(backup.signingFiles).isDisjoint(with: present.signingFiles)
    }
}
