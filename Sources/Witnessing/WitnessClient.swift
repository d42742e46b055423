package import HTTPTransport
package import KeyTransparency
package import LibSodium

/// The log's side of the witness protocol (C2SP tlog-witness): has checkpoints cosigned.
package struct WitnessClient: Sendable {
    /// Gives the proof that the log's tree of `new` leaves begins with that of `old` leaves (RFC 6962, section 2.1.2);
    /// `nil` if there is none.
    package typealias ConsistencyProof = @Sendable (_ old: UInt64, _ new: UInt64) async throws -> [Bytes32]?

    private let transport: HTTPTransport
    /// The time for one request and its answer.
    private let timeout: Duration

    /// A client that sends through `transport`, whose bounds hold: https except to this machine, no redirects.
    package init(transport: HTTPTransport, timeout: Duration = .seconds(10)) {
        self.transport = transport
        self.timeout = timeout
    }

    /// Asks a witness to cosign a checkpoint.
    ///
    /// `lastSize` is the size that the witness is believed to have cosigned last, 0 if nothing is known; where it names
    /// another one, it is asked once more from that one on. Nothing of what it answers is taken on trust: the
    /// cosignature holds over this checkpoint. Its time is not judged here.
    package func cosignature(
        of log: LogCheckpoint, by witness: Witness, lastSize: UInt64, proof: ConsistencyProof
    ) async throws(WitnessFailure) -> Cosignature {
        let size = log.checkpoint.head.size
        // A witness that is ahead says so whatever it is asked.
        let first = min(lastSize, size)
        switch try await ask(witness, log, oldSize: first, proof: proof) {
        case .cosigned(let cosignature): return cosignature
        case .conflict(size: size) where first == size: throw .otherHistory(size: size)
        case .conflict(let last) where last > size: throw .ahead(size: last)
        case .conflict(first): throw .unreadableAnswer
        case .conflict(let last):
            switch try await ask(witness, log, oldSize: last, proof: proof) {
            case .cosigned(let cosignature): return cosignature
            case .conflict(size: size) where last == size: throw .otherHistory(size: size)
            case .conflict(let last) where last > size: throw .ahead(size: last)
            case .conflict(let last): throw .overtaken(size: last)
            }
        }
    }

    private func ask(
        _ witness: Witness, _ log: LogCheckpoint, oldSize: UInt64, proof: ConsistencyProof
    ) async throws(WitnessFailure) -> WitnessAnswer {
        let size = log.checkpoint.head.size
        var hashes: [Bytes32] = []
        // Then the proof is empty, and the log need not be asked.
        if oldSize > 0, oldSize < size {
            guard let found = try? await proof(oldSize, size), found.count <= AddCheckpointRequest.maximumProofCount
            else { throw .noProof(from: oldSize) }
            hashes = found
        }
        let request = AddCheckpointRequest(oldSize: oldSize, proof: hashes, checkpoint: log.note)
        let response: HTTPTransportResponse
        do {
            response = try await transport.post(
                witness.addCheckpointURL, contentType: "text/plain; charset=utf-8", body: request.encoded,
                maximumResponseBytes: WitnessAnswer.maximumCount, timeout: timeout)
        } catch {
            throw .transport(error)
        }
        return try WitnessAnswer(response, for: log.checkpoint, by: witness.key, oldSize: oldSize)
    }
}
