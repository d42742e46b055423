public import KeySchedule

/// How many witnesses must have cosigned a checkpoint, and how recently.
public struct WitnessPolicy: Sendable, Hashable {
    /// The witnesses that count.
    public let witnesses: [NoteVerificationKey]
    /// How many of them must have cosigned.
    public let threshold: Int
    /// How old a cosignature may be, in seconds.
    public let maximumAge: Int64

    /// A policy of `threshold` out of `witnesses`, 24 h unless another age is given; `nil` if it can never be met, if a
    /// witness is named twice, or if a key is not one of a witness.
    public init?(witnesses: [NoteVerificationKey], threshold: Int, maximumAge: Int64 = 86_400) {
        guard (0...witnesses.count).contains(threshold), maximumAge >= 0,
            witnesses.allSatisfy({ $0.type == .cosignature }),
            Set(witnesses.map(\.publicKey)).count == witnesses.count
        else { return nil }
        self.witnesses = witnesses
        self.threshold = threshold
        self.maximumAge = maximumAge
    }

    /// No witness is asked for: for development.
    public static let none = WitnessPolicy(uncheckedThreshold: 0)

    private init(uncheckedThreshold: Int) {
        witnesses = []
        threshold = uncheckedThreshold
        maximumAge = 0
    }

    /// How far ahead of this clock a witness's may be, in seconds.
    static let clockTolerance: Int64 = 300

    /// Whether a cosignature of this age in seconds, negative if its time is ahead of ours, is recent.
    package func counts(age: Int64) -> Bool { age <= maximumAge && age >= -Self.clockTolerance }

    /// The witnesses whose cosignature on a note holds and is recent.
    ///
    /// A known witness's line that does not hold makes the whole note ``NoteError/invalidSignature``.
    public func cosigners(of note: SignedNote, at now: UnixTime) throws(NoteError) -> [NoteVerificationKey] {
        var found: [NoteVerificationKey] = []
        for signature in note.signatures {
            guard let witness = witnesses.first(where: { $0.made(signature) }) else { continue }
            guard let time = witness.cosignatureTime(signature, for: note.unverifiedText) else {
                throw .invalidSignature
            }
            if counts(age: now.seconds(since: time)), !found.contains(witness) { found.append(witness) }
        }
        return found
    }

    /// Whether enough witnesses cosigned a note recently; throws ``NoteError/invalidSignature``.
    public func isMet(by note: SignedNote, at now: UnixTime) throws(NoteError) -> Bool {
        try cosigners(of: note, at: now).count >= threshold
    }
}
