package import KeySchedule

/// Everything that an admin can ask of an authority: one list, with one handler.
///
/// The handler is called directly while no server runs and through the admin socket while one does, where requests
/// and replies travel as JSON (`POST /admin`). Ids are hexadecimal, and may be shortened to an unambiguous
/// beginning of at least 8 digits.
package enum AdminRequest: Sendable, Hashable, Codable {
    /// Makes the first key of a capability; where the present one has been retired, the next, which begins when
    /// that one stops issuing.
    case createKey(KeyParameters)
    /// Lists all keys with their states and counters.
    case listKeys
    /// Finds one key.
    case findKey(id: String)
    /// Makes the next key of a capability current now; the old one is accepted until its `acceptUntil`.
    case rotateKey(capability: String)
    /// Says that a key shall have no successor; it issues and is accepted until its published dates.
    case retireKey(id: String)
    /// Withdraws a key: an entry in the published revocation list and in the key log, and no more issuing; the next key
    /// is brought forward, and after a compromise or the loss of a ledger what was drawn under it is given back.
    case revokeKey(id: String, reason: String)
    /// Says what ``revokeKey(id:reason:)`` would do, and does nothing.
    case previewRevocation(id: String, reason: String)
    /// Says what will happen to the keys in the next days.
    case planKeys(days: Int)
    /// Announces a key whose secret was put into the key directory before, under this full id.
    case importKey(KeyParameters, id: String)
    /// Lists what has to be in the key directory, and in what state it is.
    case takeInventory
    /// Seals a key for a trusted verifier, for a clearing server that cannot reach the authority.
    case exportKeys(verifier: String)

    /// Trusts a clearing server, by its identity (base64url), with the keys of capabilities, or with the public keys
    /// alone.
    case addVerifier(name: String, publicKey: String, capabilities: [String], isPublicOnly: Bool = false)
    /// Finds the verifiers that hold public keys alone so far, and would get a secret with a capability's next key:
    /// with one of this token type, or of the type that the capability has.
    case findNewlyTrusted(capability: String, tokenType: UInt16?)
    /// Lists the trusted verifiers.
    case listVerifiers
    /// Finds one trusted verifier.
    case findVerifier(name: String)
    /// Delivers no more keys. Keys already delivered stay known to the verifier, which goes on with them.
    case removeVerifier(name: String)
    /// Revokes the trust, for good: an entry in the published revocation list, on which the verifier stops. By its
    /// name, or where it was removed by its id.
    case revokeVerifier(name: String, reason: String)

    /// Publishes a capability as revoked from the UTC day of a time on.
    case revokeCapability(name: String, from: UnixTime, reason: String)

    /// Makes bearer codes worth tokens of a capability. The reply is the only time they can be seen.
    case createVouchers(capability: String, tokens: Int, count: Int)
    /// Lists vouchers by their ids.
    case listVouchers
    /// Finds one voucher.
    case findVoucher(id: String)
    /// Refuses a voucher from now on.
    case revokeVoucher(id: String)

    /// Publishes one token as revoked, by its nullifier and its key's full id.
    case revokeToken(nullifier: String, keyID: String, reason: String)
    /// Lists the published revocations after a sequence number, at most 10,000.
    case listRevocations(after: UInt64)

    /// Gives the published key log and revocation list as files.
    case exportLog
    /// Copies the database to a new file beside it.
    case takeSnapshot

    /// Names the authority: issuer name, and the key that clearing servers pin.
    case describe
}

/// What a new key is to be.
package struct KeyParameters: Sendable, Hashable, Codable {
    /// The capability.
    package var capability: String
    /// The code point of the type of tokens; `nil` for the type that the capability has, 0x0005 for a new one.
    package var tokenType: UInt16?
    /// When issuing begins; at once if `nil`.
    package var notBefore: UnixTime?
    /// For how many seconds the key issues.
    package var epoch: Int64
    /// For how many seconds after that its tokens are accepted.
    package var acceptance: Int64
    /// For how many seconds each next key is announced before its first use; a day, or a quarter of a short epoch, if
    /// `nil`.
    package var announcement: Int64?
    /// Whether nothing is promised: then the keys can be rotated at any time, and no other client takes their tokens.
    package var isDevelopment: Bool

    /// Parameters from their parts.
    package init(
        capability: String, tokenType: UInt16? = nil, notBefore: UnixTime? = nil, epoch: Int64, acceptance: Int64,
        announcement: Int64? = nil, isDevelopment: Bool = false
    ) {
        self.capability = capability
        self.tokenType = tokenType
        self.notBefore = notBefore
        self.epoch = epoch
        self.acceptance = acceptance
        self.announcement = announcement
        self.isDevelopment = isDevelopment
    }
}
