package import KeySchedule
package import KeyTransparency

extension WitnessClient {
    /// Asks several witnesses at once to cosign a checkpoint.
    ///
    /// Answers as soon as the cosignatures meet `policy`, all witnesses have answered, or `deadline` has passed,
    /// whichever is first; whoever has not answered then is not waited for, and says at the next checkpoint what it
    /// cosigned. One whose cosignature `policy` does not count, because of its time, has failed.
    ///
    /// `lastSizes` are the sizes that the witnesses are believed to have cosigned last; 0 where nothing is known.
    package func cosign(
        _ log: LogCheckpoint, by witnesses: [Witness], lastSizes: [NoteVerificationKey: UInt64] = [:],
        policy: WitnessPolicy, time: any TimeSource = SystemTimeSource(), deadline: Duration = .seconds(15),
        proof: @escaping ConsistencyProof
    ) async -> CosignedCheckpoint {
        var cosigned = CosignedCheckpoint(log, witnesses: witnesses, policy: policy, at: time.now().wall)
        guard !cosigned.isPolicyMet else { return cosigned }
        await withTaskGroup(of: Answer?.self) { group in
            for witness in witnesses {
                group.addTask { [self] in
                    do throws(WitnessFailure) {
                        let found = try await cosignature(
                            of: log, by: witness, lastSize: lastSizes[witness.key] ?? 0, proof: proof)
                        return Answer(witness, .success(found))
                    } catch {
                        return Answer(witness, .failure(error))
                    }
                }
            }
            group.addTask {
                try? await Task.sleep(for: deadline)
                return nil
            }
            var missing = witnesses.count
            while missing > 0, !cosigned.isPolicyMet, let next = await group.next(), let answer = next {
                missing -= 1
                cosigned.take(answer.result, of: answer.witness, policy: policy, at: time.now().wall)
            }
            group.cancelAll()
        }
        return cosigned
    }

    private struct Answer: Sendable {
        let witness: Witness
        let result: Result<Cosignature, WitnessFailure>

        init(_ witness: Witness, _ result: Result<Cosignature, WitnessFailure>) {
            self.witness = witness
            self.result = result
        }
    }
}
