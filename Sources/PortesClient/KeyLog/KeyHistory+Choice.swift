internal import KeySchedule
internal import KeyTransparency
internal import PrivacyPass

extension KeyHistory {
    /// How far a client's clock may be off, in seconds, either way.
    static let leeway: Int64 = 60

    /// Throws unless a directory's key is the one that this log lets issue now, by a clock that may be a minute off.
    ///
    /// A strict reader, one of an issuer on another machine, refuses logs of development, and more keys within that
    /// leeway than a rotation has.
    func check(_ entry: IssuerDirectory.Key, at now: UnixTime, isStrict: Bool) throws(KeyLogRefusal) {
        guard !isStrict || !isDevelopment else { throw .developmentLog }
        guard let id = TokenKeyID(publicKey: entry.tokenKey, tokenType: entry.tokenType), let key = keys[id] else {
            throw .keyNotInLog
        }
        guard entry.tokenType == key.record.tokenType,
            entry.capability == nil || entry.capability == key.record.capability, key.issues(around: now)
        else { throw .notTheIssuingKey }
        guard !isRevoked(key.record.capability, at: now.adding(seconds: -Self.leeway)) else { throw .notTheIssuingKey }
        let purpose = Purpose(key.record.capability, key.record.tokenType)
        guard !isStrict || openKeys(for: purpose).filter({ $0.issues(around: now) }).count <= 2 else {
            throw .tooManyIssuingKeys
        }
    }

    /// Whether acceptance of a key's tokens is over, by a clock that may be a minute ahead.
    func hasExpired(_ keyID: TokenKeyID, at now: UnixTime) -> Bool {
        keys[keyID].map { $0.record.acceptUntil <= now.adding(seconds: -Self.leeway) } ?? false
    }

    /// Whether tokens under a key are worth nothing any more, by a clock that may be a minute ahead.
    func isOver(_ keyID: TokenKeyID, at now: UnixTime) -> Bool {
        guard let key = keys[keyID] else { return false }
        let now = now.adding(seconds: -Self.leeway)
        return key.revocation != nil || isRevoked(key.record.capability, at: now) || key.record.acceptUntil <= now
    }
}

extension LoggedKey {
    /// Whether the key issues at some time within the leeway; a revoked one, or one that has ended, never does.
    fileprivate func issues(around now: UnixTime) -> Bool {
        revocation == nil && issued == nil && record.notBefore <= now.adding(seconds: KeyHistory.leeway)
            && now.adding(seconds: -KeyHistory.leeway) < record.issueUntil
    }
}
