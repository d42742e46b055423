internal import PrivacyPass

/// The keys that an origin names when it asks for tokens for one challenge.
struct OfferedKeys {
    private let keys: [[UInt8]]
    /// Whether each offer names a key, and there is one: otherwise nothing is known of what the origin takes.
    let isNamed: Bool

    /// The keys in offers for this challenge; offers for others are left out.
    init(_ offers: [PrivateTokenChallenge], for challenge: TokenChallenge) {
        let fitting = offers.filter { $0.challenge == challenge }
        keys = fitting.compactMap(\.tokenKey)
        isNamed = !keys.isEmpty && keys.count == fitting.count
    }

    /// Throws ``IssuanceError/keyNotOffered`` if other keys are named, and not this one.
    func check(_ key: TokenKey) throws(IssuanceError) {
        if isNamed, !keys.contains(key.encoded) { throw .keyNotOffered }
    }
}
