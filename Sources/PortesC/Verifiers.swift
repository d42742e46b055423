public import CPortes
internal import KeySchedule
internal import LibSodium
internal import PortesVerifier
internal import PrivacyPass
internal import Revocation
internal import Synchronization

/// What an origin accepts, and what was spent there.
private final class VerifierObject: Sendable {
    let issuer: ServerName
    let state: VerifierState
    let ledger: MemorySpendLedger
    private let accepted = Mutex<[TokenChallenge]>([])
    private let time = SystemTimeSource()
    /// Entries that do not reach to a head yet. Held while a list is taken: one caller at a time.
    private let gathering = Mutex<RevocationGathering?>(nil)

    init(issuer: ServerName) {
        self.issuer = issuer
        state = VerifierState(Verifier(keys: [], revocations: RevocationList(), freshness: .never))
        ledger = MemorySpendLedger(state: state, audience: issuer.text)
    }

    func accept(_ challenge: TokenChallenge) {
        accepted.withLock { if !$0.contains(challenge) { $0.append(challenge) } }
    }

    /// Whether tokens for the challenge were accepted until now.
    func refuse(_ challenge: TokenChallenge) -> Bool {
        accepted.withLock { accepted in
            let place = accepted.firstIndex(of: challenge)
            if let place { accepted.remove(at: place) }
            return place != nil
        }
    }

    func add(_ key: VerificationKey) {
        state.update { verifier in
            verifier.replacingKeys(with: verifier.keys.values.filter { $0.record.id != key.record.id } + [key])
        }
    }

    func verify(_ token: [UInt8]) throws(Failure) -> VerifiedToken {
        let challenges = AcceptedChallenges(accepted.withLock { $0 })
        do {
            return try state.verifier.verify(decoding: token, for: challenges, at: time.now())
        } catch {
            throw Failure(error)
        }
    }

    func spend(_ token: VerifiedToken) throws(Failure) {
        switch try? ledger.spendAtOnce([Spend(token)]).first {
        case .spent: return
        case nil: throw Failure(PORTES_ERROR_FAILED)
        case .alreadySpent, .replayed: throw Failure(PORTES_REFUSED_ALREADY_SPENT)
        case .refused(let failure): throw Failure(failure)
        }
    }

    /// How many entries are here, in force or not.
    var revocationCount: UInt64 {
        gathering.withLock { $0?.size } ?? state.verifier.revocations.size
    }

    /// Takes entries, which are in force once they lead to a signed head. Until then they are kept, and more are
    /// needed.
    func take(_ delta: [UInt8], head text: String, key: Ed25519.PublicKey) throws(Failure) {
        let head = try Failure.named(PORTES_ERROR_SIGNATURE) { try RevocationHead(verifying: text, key: key) }
        guard head.issuer == issuer.text else { throw Failure(PORTES_ERROR_REVOCATIONS) }
        let entries =
            delta.isEmpty
            ? nil
            : try Failure.named(PORTES_ERROR_MALFORMED) { () throws(RevocationError) in
                try RevocationDelta(decoding: delta)
            }
        guard let freshness = RevocationFreshness(headTime: head.time, fetchedAt: time.now()) else {
            throw Failure(PORTES_ERROR_REVOCATIONS)
        }
        let result = gathering.withLock { gathering in
            Result { () throws(Failure) in try take(entries, head, freshness, &gathering) }
        }
        try result.get()
    }

    private func take(
        _ delta: RevocationDelta?, _ head: RevocationHead, _ freshness: RevocationFreshness,
        _ gathering: inout RevocationGathering?
    ) throws(Failure) {
        // Nobody else changes it meanwhile: the caller holds the lock.
        let list = state.verifier.revocations
        do {
            var next = try gathering ?? RevocationGathering(after: list.size, upTo: head)
            try next.goOn(upTo: head)
            if let delta, !next.isComplete { try next.take(delta) }
            guard next.isComplete else {
                gathering = next
                throw Failure(PORTES_MORE_REVOCATIONS)
            }
            // Outside of the verifier's lock, because it takes a while and others verify.
            let whole = try list.applying(next.entries, upTo: head)
            gathering = nil
            state.update { verifier in
                var verifier = verifier
                (verifier.revocations, verifier.freshness) = (whole, freshness)
                return verifier
            }
        } catch let failure as Failure {
            throw failure
        } catch {
            // What was gathered may be at fault: it is fetched again.
            gathering = nil
            throw Failure(PORTES_ERROR_REVOCATIONS)
        }
    }
}

private let verifiers = Handles<VerifierObject>()

@c @implementation
public func portes_verifier_new(
    _ issuer_name: UnsafePointer<CChar>?, _ verifier: UnsafeMutablePointer<portes_verifier>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        guard let verifier else { throw Failure(PORTES_ERROR_ARGUMENT) }
        let text = try Buffer.text(issuer_name)
        let issuer = try Failure.named(PORTES_ERROR_MALFORMED) { try ServerName(text) }
        verifier.pointee = verifiers.insert(VerifierObject(issuer: issuer))
    }
}

@c @implementation
public func portes_verifier_add_key(
    _ verifier: portes_verifier, _ capability: UnsafePointer<CChar>?, _ token_type: UInt16,
    _ token_key: UnsafePointer<UInt8>?, _ token_key_length: Int, _ secret: UnsafePointer<UInt8>?, _ secret_length: Int,
    _ not_before: Int64, _ issue_until: Int64, _ accept_until: Int64
) -> portes_result {
    Failure.result { () throws(Failure) in
        let object = try verifiers.object(verifier)
        guard let capability = Capability(try Buffer.text(capability)) else { throw Failure(PORTES_ERROR_MALFORMED) }
        let key = try decodedKey(token_key, token_key_length, TokenType(rawValue: token_type))
        let record = try Failure.named(PORTES_ERROR_ARGUMENT) {
            try KeyRecord(
                capability: capability, tokenType: key.tokenType, publicKey: key.encoded,
                notBefore: UnixTime(seconds: not_before), issueUntil: UnixTime(seconds: issue_until),
                acceptUntil: UnixTime(seconds: accept_until))
        }
        guard !key.tokenType.isPubliclyVerifiable else {
            guard secret_length == 0 else { throw Failure(PORTES_ERROR_KEY) }
            return object.add(
                VerificationKey(try Failure.named(PORTES_ERROR_KEY) { try PublicVerificationKey(record: record) }))
        }
        guard let secret, (1...Buffer.limit).contains(secret_length) else { throw Failure(PORTES_ERROR_KEY) }
        let bytes = SecretBytes(count: secret_length) {
            $0.copyMemory(from: UnsafeRawBufferPointer(start: secret, count: secret_length))
        }
        do {
            object.add(try VerificationKey(record: record, secret: bytes))
        } catch {
            throw Failure(PORTES_ERROR_KEY)
        }
    }
}

@c @implementation
public func portes_verifier_add_challenge(
    _ verifier: portes_verifier, _ challenge: UnsafePointer<UInt8>?, _ length: Int
) -> portes_result {
    Failure.result { () throws(Failure) in
        let object = try verifiers.object(verifier)
        object.accept(try decodedChallenge(challenge, length))
    }
}

@c @implementation
public func portes_verifier_remove_challenge(
    _ verifier: portes_verifier, _ challenge: UnsafePointer<UInt8>?, _ length: Int
) -> portes_result {
    Failure.result { () throws(Failure) in
        let object = try verifiers.object(verifier)
        guard object.refuse(try decodedChallenge(challenge, length)) else { throw Failure(PORTES_ERROR_NONE) }
    }
}

@c @implementation
public func portes_verifier_take_revocations(
    _ verifier: portes_verifier, _ entries: UnsafePointer<UInt8>?, _ entries_length: Int,
    _ head: UnsafePointer<CChar>?, _ revocation_key: UnsafePointer<UInt8>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let object = try verifiers.object(verifier)
        guard let revocation_key, let key = Bytes32(try Buffer.bytes(revocation_key, Bytes32.count)) else {
            throw Failure(PORTES_ERROR_ARGUMENT)
        }
        try object.take(
            Buffer.bytes(entries, entries_length), head: Buffer.text(head), key: Ed25519.PublicKey(key))
    }
}

@c @implementation
public func portes_verifier_revocation_count(
    _ verifier: portes_verifier, _ count: UnsafeMutablePointer<UInt64>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        guard let count else { throw Failure(PORTES_ERROR_ARGUMENT) }
        count.pointee = try verifiers.object(verifier).revocationCount
    }
}

@c @implementation
public func portes_verifier_spend(
    _ verifier: portes_verifier, _ token: UnsafePointer<UInt8>?, _ token_length: Int,
    _ capability: UnsafeMutablePointer<CChar>?, _ length: UnsafeMutablePointer<Int>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        let output = try Output(capability, length)
        let object = try verifiers.object(verifier)
        let verified = try object.verify(Buffer.bytes(token, token_length))
        // Before it is spent.
        try output.needs(verified.capability.name.utf8.count + 1)
        try object.spend(verified)
        try output.write(verified.capability.name)
    }
}

@c @implementation
public func portes_verifier_verify(
    _ verifier: portes_verifier, _ token: UnsafePointer<UInt8>?, _ token_length: Int,
    _ verified: UnsafeMutablePointer<portes_verified_token>?
) -> portes_result {
    Failure.result { () throws(Failure) in
        guard let verified else { throw Failure(PORTES_ERROR_ARGUMENT) }
        let token = try verifiers.object(verifier).verify(Buffer.bytes(token, token_length))
        var output = portes_verified_token()
        withUnsafeMutableBytes(of: &output.key_id) { $0.copyBytes(from: token.keyID.bytes.bytes) }
        withUnsafeMutableBytes(of: &output.nullifier) { $0.copyBytes(from: token.nullifier.bytes) }
        // A name has at most 63 bytes, so that a NUL stands behind it.
        withUnsafeMutableBytes(of: &output.capability) { $0.copyBytes(from: token.capability.name.utf8.prefix(63)) }
        output.accept_until = token.acceptUntil.seconds
        verified.pointee = output
    }
}

@c @implementation
public func portes_verifier_free(_ verifier: portes_verifier) -> portes_result {
    Failure.result { () throws(Failure) in try verifiers.remove(verifier) }
}
