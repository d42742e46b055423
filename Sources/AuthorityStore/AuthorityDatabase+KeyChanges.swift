import GRDB
package import KeySchedule
package import KeyTransparency
package import PrivacyPass
package import Revocation
import SQLiteSupport
import Synchronization

/// What a change of keys amounted to, beside what was asked for.
package struct KeyChangeOutcome: Sendable, Hashable {
    /// The entry of the revocation list that revoked a key, if one was, or had been before.
    package var revocation: RevocationEntry?
    /// What was given back to those who drew tokens under a compromised key.
    package var recredit = Recredit()

    /// Nothing but what was asked for.
    package init() {}

    /// Tokens given back.
    package struct Recredit: Sendable, Hashable {
        /// To how many vouchers.
        package var vouchers: Int64 = 0
        /// To how many accounts, as credit.
        package var accounts: Int64 = 0
        /// How many tokens in all.
        package var tokens: Int64 = 0

        /// This much.
        package init(vouchers: Int64 = 0, accounts: Int64 = 0, tokens: Int64 = 0) {
            self.vouchers = vouchers
            self.accounts = accounts
            self.tokens = tokens
        }
    }
}

/// Why a key was not stored.
package enum KeyInsertionError: Error, Sendable, Hashable {
    /// A key whose id ends with the same byte is live, or has requests on record: draw another.
    case truncatedIDInUse
    /// The capability is revoked from this day on, which is before the key would begin, or the same.
    case capabilityRevoked(Capability, from: UnixTime)
}

extension AuthorityDatabase {
    /// What the key log says, with every entry that was committed. Waits for a change that is under way: for code that
    /// may block.
    package var keyHistory: KeyHistory { history.withLock { $0 } }

    /// The time for a change of keys that begins now: that of the clock, but no earlier than the newest entry's.
    package var changeTime: UnixTime {
        let now = time.now().wall
        return max(now, keyHistory.lastTime ?? now)
    }

    /// Makes changes of keys in one transaction: each is an entry of the key log, which has to allow it, and the tables
    /// follow. `planned` is the time for which the events were chosen, ``changeTime``, and becomes the entries' time:
    /// that of the commit may be a second later, when a key that begins at once would be announced late. `deliveries`
    /// are the secrets of announced keys, sealed to the verifiers that get them.
    ///
    /// A revocation is an entry of the revocation list too; where the reason is a compromise or a lost ledger, whoever
    /// drew tokens under the key gets them back, once. Throws ``KeyLogRefusal``, ``KeyInsertionError`` or
    /// ``StoreError``, and then nothing was changed. Blocks: for one caller at a time.
    @discardableResult
    package func changeKeys(
        _ events: [KeyEvent], at planned: UnixTime? = nil, deliveries: [VerifierDelivery] = []
    ) throws -> KeyChangeOutcome {
        let now = time.now().wall
        let planned = planned ?? now
        return try history.withLock { history in
            defer { summarise(history) }
            do {
                return try store.writeBlocking { db in
                    let writer = try KeyLogWriter(
                        db, history: history, at: now, planned: planned,
                        mayBeBehind: events.allSatisfy(\.isRevocation))
                    var outcome = KeyChangeOutcome()
                    for event in events {
                        if event.hasPlace(in: history) { try writer.append(event, to: &history) }
                        try Self.follow(db, event, at: planned, &outcome)
                    }
                    for delivery in deliveries { try Self.insert(db, delivery) }
                    return outcome
                }
            } catch {
                // Nothing was changed, or, where the disk failed, perhaps all of it.
                history = (try? store.readBlocking(KeyLogWriter.history)) ?? history
                throw error
            }
        }
    }

    /// Makes the tables say what the log says.
    private static func follow(
        _ db: Database, _ event: KeyEvent, at now: UnixTime, _ outcome: inout KeyChangeOutcome
    ) throws {
        switch event {
        case .terms: break
        case .announced(let record):
            if let day = try revokedCapabilities(db)[record.capability], day <= record.notBefore {
                throw KeyInsertionError.capabilityRevoked(record.capability, from: day)
            }
            try insert(db, record)
            try raiseSequence(db, capability: record.capability)
        case .rescheduled(let record):
            try setDates(db, of: record)
            try raiseSequence(db, capability: record.capability)
        case .revoked(let id, let reason):
            outcome.revocation = try revoke(db, .key(id), reason: reason, from: now)
            if reason.givesBack { outcome.recredit = try giveBack(db, drawnUnder: id) }
        case .capabilityRevoked(let capability, let day, let reason):
            outcome.revocation = try revoke(db, .capability(capability), reason: reason, from: day)
        case .ended, .redeemed: break
        }
    }
}

extension KeyEvent {
    /// Whether it becomes an entry. A key from before there was a log is revoked without one, and what is revoked from
    /// a day on is not revoked from a later one.
    fileprivate func hasPlace(in history: KeyHistory) -> Bool {
        switch self {
        case .terms, .announced: true
        case .rescheduled(let record): history.keys[record.id] != nil
        case .revoked(let id, _), .ended(let id, _), .redeemed(let id, _, _): history.keys[id] != nil
        case .capabilityRevoked(let capability, let day, _): !history.isRevoked(capability, at: day)
        }
    }
}

extension RevocationReason {
    /// Whether those who drew tokens under a key that is revoked for this reason get them back.
    package var givesBack: Bool { [.keyCompromised, .ledgerLost, .authorityRestored].contains(self) }
}

extension AuthorityDatabase {
    /// Begins the log of keys that are stored already, but were never logged. Throws as
    /// ``changeKeys(_:at:deliveries:)``.
    package func beginKeyLog(_ terms: RotationTerms, with records: [KeyRecord]) throws {
        let now = time.now().wall
        try history.withLock { history in
            var next = history
            try store.writeBlocking { db in
                let writer = try KeyLogWriter(db, history: next, at: now)
                try writer.append(.terms(terms), to: &next)
                for record in records { try writer.append(.announced(record), to: &next) }
            }
            history = next
            summarise(next)
        }
    }
}
