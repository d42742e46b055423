internal import KeySchedule
internal import KeyTransparency

extension KeyLogReader {
    /// What a store holds.
    func load(_ store: (any KeyLogStore)?) async throws(KeyLogRefusal) -> KeptKeyLog? {
        guard let store else { return nil }
        let bytes: [UInt8]?
        do { bytes = try await store.load() } catch { throw .storeFailed(TransportFailure(error)) }
        guard let bytes else { return nil }
        guard let kept = KeptKeyLog(decoding: bytes) else { throw .damagedStore }
        return kept
    }

    /// Keeps what was seen, unless it is what is kept already.
    func save(
        _ seen: KeptKeyLog, replacing kept: KeptKeyLog?, in store: (any KeyLogStore)?
    ) async throws(KeyLogRefusal) {
        guard let store, seen != kept else { return }
        do { try await store.save(seen.encoded) } catch { throw .storeFailed(TransportFailure(error)) }
    }
}

extension KeyLogTrust {
    /// The checkpoint in a note, in the words of a client.
    func believed(_ note: SignedNote, at now: UnixTime) throws(KeyLogRefusal) -> Checkpoint {
        do {
            return try checkpoint(in: note, at: now)
        } catch {
            guard case .tooFewWitnesses(let found, let needed) = error else { throw .badSignature }
            let ageless = WitnessPolicy(
                witnesses: witnesses.witnesses, threshold: 0, maximumAge: .max)
            let ever = (try? ageless?.cosigners(of: note, at: now).count) ?? found
            throw .tooFewWitnesses(found: found, needed: needed, stale: ever - found)
        }
    }
}
