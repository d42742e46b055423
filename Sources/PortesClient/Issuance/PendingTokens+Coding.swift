public import LibSodium
internal import PrivacyPass
internal import VOPRF

extension PendingTokens {
    /// All of it as secret bytes, from which ``init(restoring:)`` makes the same request again; `nil` for tokens of any
    /// type but 0x0005, whose blinds the library that made them keeps to itself.
    ///
    /// Whoever has them can tell which tokens came from which request: store them sealed (`AuthenticatedEncryption`),
    /// or in a private file, and remove them once the tokens are there. ``Wallet`` does so by itself.
    public borrowing func encoded() -> SecretBytes? {
        guard let blinds = encodedBlinds() else { return nil }
        let front = StoredRequest(request: request, challenge: challenge, tokenKey: tokenKey, nonces: nonces).encoded
        return SecretBytes(count: front.count + blinds.count) { buffer in
            buffer.copyBytes(from: front)
            blinds.withUnsafeBytes { blinds in
                UnsafeMutableRawBufferPointer(rebasing: buffer[front.count...]).copyMemory(from: blinds)
            }
        }
    }

    /// The request that ``encoded()`` stored, with the same bytes to send; throws
    /// ``PendingTokens/FinalizationError/malformed(_:)`` for anything else.
    public init(restoring stored: borrowing SecretBytes) throws(FinalizationError) {
        let front: StoredRequest
        let scalars: SecretScalarList
        do {
            front = try stored.withUnsafeBytes { (bytes) throws(MessageError) in try StoredRequest(decoding: bytes) }
            scalars = try front.scalars(in: stored)
        } catch {
            throw .malformed(error)
        }
        do {
            try self.init(
                challenge: front.challenge, tokenKey: front.tokenKey, nonces: front.nonces, blinds: scalars,
                asBatch: front.isBatch)
        } catch {
            throw error == .degenerate ? .degenerate : .malformed(.invalidLength)
        }
    }
}
