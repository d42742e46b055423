package import LibSodium
package import SignIn

/// What is on record of one key of a service.
package struct SignInRow: Sendable, Hashable {
    /// Whose key it is.
    package let pseudonym: Pseudonym
    /// Whether another key took its place.
    package let isReplaced: Bool

    /// A row from its parts.
    package init(pseudonym: Pseudonym, isReplaced: Bool) {
        self.pseudonym = pseudonym
        self.isReplaced = isReplaced
    }
}

/// A transaction on a service's accounts: what all stores have in common is decided once, here.
package protocol SignInRows {
    /// Notes that a challenge is answered; `false` if it was before.
    mutating func use(_ nonce: Bytes32, until expiry: Int64) throws -> Bool
    /// Forgets the challenges that ended before a time.
    mutating func forgetChallenges(before time: Int64) throws
    /// What is on record of a key.
    func row(of key: Bytes32) throws -> SignInRow?
    /// Puts a key on record, or changes what is on record of it.
    mutating func put(_ row: SignInRow, of key: Bytes32) throws
    /// Removes all keys of a pseudonym.
    mutating func removeKeys(of pseudonym: Pseudonym) throws
}

extension SignInRows {
    /// Settles an answer that should let a person in.
    package mutating func admit(_ signIn: VerifiedSignIn, at now: Int64) throws -> SignInOutcome {
        let proof = signIn.proof
        if let refusal = try begin(proof, now) { return .refused(refusal) }
        switch try owner(of: proof) {
        case .superseded: return .refused(.superseded)
        case .nobody:
            let pseudonym = Pseudonym(firstKey: proof.key, audience: proof.audience)
            try put(SignInRow(pseudonym: pseudonym, isReplaced: false), of: proof.digest(of: proof.key))
            return .admitted(pseudonym, isNew: true)
        case .account(let pseudonym, let earlier):
            for key in earlier { try put(SignInRow(pseudonym: pseudonym, isReplaced: true), of: proof.digest(of: key)) }
            try put(SignInRow(pseudonym: pseudonym, isReplaced: false), of: proof.digest(of: proof.key))
            return .admitted(pseudonym, isNew: false)
        }
    }

    /// Settles an answer that should erase an account.
    package mutating func erase(_ erasure: VerifiedErasure, at now: Int64) throws -> SignInOutcome {
        let proof = erasure.proof
        if let refusal = try begin(proof, now) { return .refused(refusal) }
        switch try owner(of: proof) {
        case .superseded: return .refused(.superseded)
        case .nobody: return .refused(.unknownAccount)
        case .account(let pseudonym, _):
            try removeKeys(of: pseudonym)
            return .admitted(pseudonym, isNew: false)
        }
    }

    private mutating func begin(_ proof: SignInProof, _ now: Int64) throws -> SignInFailure? {
        // Again, as time has passed since the check, and what was used before may be forgotten.
        guard now < proof.expiry else { return .expired }
        // A day late, in case the calendar was wrong and is set back.
        try forgetChallenges(before: now - 86_400)
        return try use(proof.nonce, until: proof.expiry) ? nil : .replayed
    }

    private func owner(of proof: SignInProof) throws -> SignInOwner {
        if let row = try row(of: proof.digest(of: proof.key)) {
            return row.isReplaced ? .superseded : .account(row.pseudonym, earlierKeys: [])
        }
        // The newest of the earlier keys that is known here: those after it lead from it to the one that answered.
        for (index, key) in proof.earlierKeys.enumerated().reversed() {
            guard let row = try row(of: proof.digest(of: key)) else { continue }
            // Who replaced it first has the account: a secret that was stolen cannot be told from its owner's.
            guard !row.isReplaced else { return .superseded }
            return .account(row.pseudonym, earlierKeys: Array(proof.earlierKeys[index...]))
        }
        return .nobody
    }
}

/// Whose account an answer is about.
private enum SignInOwner {
    /// Nobody's yet.
    case nobody
    /// This person's; the keys from the one that is on record on were replaced.
    case account(Pseudonym, earlierKeys: [Ed25519.PublicKey])
    /// The key was replaced.
    case superseded
}

extension SignInProof {
    /// What a store keeps of a key: a digest for this service, 32 bytes.
    fileprivate func digest(of key: Ed25519.PublicKey) -> Bytes32 {
        KeyedBLAKE2b.hash(Array("portes sign-in row v1\n\(audience.text)\n".utf8) + key.encoded.bytes)
    }
}
