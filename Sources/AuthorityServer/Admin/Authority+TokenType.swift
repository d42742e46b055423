import AuthorityStore
import KeySchedule
import KeyTransparency
import PrivacyPass

/// A capability has keys of one token type, and of two only while those of an earlier type run out.
extension Authority {
    /// The terms that stand for a capability. Where its type was changed there are two: those count whose keys others
    /// follow, and of several such those of the newest key.
    func currentTerms(of capability: Capability) -> RotationTerms? {
        database.keyHistory.terms.values.filter { $0.capability == capability }.max { rank($0) < rank($1) }
    }

    private func rank(_ terms: RotationTerms) -> (Int, UnixTime, UInt16) {
        let plan = plan(terms)
        let newest = plan.keys.map(\.record.notBefore).max() ?? UnixTime(seconds: .min)
        return (plan.isRetired ? 0 : 1, newest, terms.tokenType.rawValue)
    }

    /// Throws ``AdminRefusal`` if others follow the keys that a capability has of another type: whoever fetched tokens
    /// of the one could be told from whoever fetched the other, and there would be no end to it.
    func checkOneType(_ terms: RotationTerms) throws(AdminRefusal) {
        let capability = terms.capability
        let others = database.keyHistory.terms.values.filter {
            $0.capability == capability && $0.tokenType != terms.tokenType && !plan($0).isRetired
        }
        guard let other = others.min(by: { $0.tokenType.rawValue < $1.tokenType.rawValue }) else { return }
        let last = plan(other).keys.filter { !$0.isRevoked }.max { $0.record.notBefore < $1.record.notBefore }
        let way = last.map { "portes key retire \($0.record.id.hexadecimal.prefix(16)), then this again; or " } ?? ""
        throw AdminRefusal(
            "\(capability) has keys of type \(other.tokenType), which rotate: with others of type \(terms.tokenType) "
                + "beside them its users would be in two crowds",
            hint: "to change the type: \(way)set token-type in the configuration file")
    }
}
