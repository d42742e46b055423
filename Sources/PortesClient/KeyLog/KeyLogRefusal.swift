public import KeyTransparency

/// Why a client does not take the key that an issuer offers: what is wrong with its key log, and what to do.
///
/// Nothing was blinded, sent or charged.
public enum KeyLogRefusal: Error, Sendable, Hashable {
    /// No key of the log was given and none was kept. Ask the issuer's admin for it by another way than this
    /// connection, and give it to ``KeyLogPolicy/init(log:witnesses:threshold:)``.
    case logKeyNotGiven
    /// The policy asks for no witness, and the issuer is not on this machine. Name at least one that you trust.
    case witnessesNotGiven
    /// The log's key is another than the one kept from an earlier run. Ask the issuer's admin whether the log was
    /// begun anew; if so, forget what was kept.
    case otherLogKey
    /// There was no answer from the log. Try again later.
    case unreachable(TransportFailure)
    /// The issuer serves no log, or not all of it: the path and the status. Tell the issuer's admin.
    case notServed(path: String, status: Int)
    /// What came is not what belongs at this path, or it is longer than any log makes it. Tell the issuer's admin.
    case malformed(path: String)
    /// The log has more entries than this library reads. Tell the issuer's admin.
    case tooLarge(size: UInt64)
    /// The checkpoint is not signed with the log's key, or a signature on it does not hold. Check the log's key; if it
    /// is right, do not use this issuer.
    case badSignature
    /// Fewer witnesses than the policy asks for have cosigned the checkpoint within the last 24 h; `stale` of them did
    /// earlier. Try again later; if it goes on, the witnesses are down, or they saw another log than this.
    case tooFewWitnesses(found: Int, needed: Int, stale: Int)
    /// The log is shorter than it was: entries were taken back. Do not use this issuer.
    case rollback(size: UInt64, seen: UInt64)
    /// The log is not the one that was seen before: what was seen is not its beginning. Do not use this issuer: it
    /// shows different people different logs, or its log was replaced.
    case fork(seen: UInt64)
    /// The entries that came are not those that the checkpoint signs. Try again; if it goes on, tell the issuer's
    /// admin.
    case entriesDoNotFit
    /// An entry, counted from 0, cannot be read. Update this library; if that does not help, do not use this issuer.
    case malformedEntry(UInt64)
    /// An entry, counted from 0, breaks a rule that keys must obey. Do not use this issuer: it may be telling clients
    /// apart by their keys.
    case ruleBroken(HistoryViolation, entry: UInt64)
    /// The log says of itself that it is one of development, whose dates may move. Use it on the same machine only.
    case developmentLog
    /// The key that the issuer lists is not in the log. Try again; if it goes on, do not use this issuer: the key may
    /// have been made for one client.
    case keyNotInLog
    /// The key is in the log, but is not the one that issues now for this capability. Check this machine's clock, and
    /// try again; if it goes on, do not use this issuer.
    case notTheIssuingKey
    /// More than two keys issue for this capability within two minutes, so that clocks alone could tell clients apart.
    /// Do not use this issuer.
    case tooManyIssuingKeys
    /// What was kept from earlier runs is damaged. Restore it; if it is removed, an older log than before goes
    /// unnoticed once.
    case damagedStore
    /// What was seen could not be read or kept, for this reason. Make room, or check the permissions.
    case storeFailed(TransportFailure)
}
