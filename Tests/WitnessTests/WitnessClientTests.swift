import HTTPTransport
import HTTPTypes
import Hummingbird
import KeySchedule
import KeyTransparency
import LibSodium
import TestSupport
import Testing
import Witnessing

/// What a log makes of the answers of witnesses, honest and other ones, over HTTP.
@Suite(.timeLimit(.minutes(5))) struct WitnessClientTests {
    let log: GrowingLog
    private let checkpoint: LogCheckpoint

    init() throws {
        log = GrowingLog()
        checkpoint = try log.checkpoint(200)
    }

    /// The failure of a request for 200 leaves to a witness that answers like this.
    private func failure(
        lastSize: UInt64 = 100, _ handler: @escaping WitnessStub.Handler
    ) async throws -> WitnessFailure? {
        try await failure(lastSize: lastSize, of: WitnessStub("witness.example", handler))
    }

    private func failure(lastSize: UInt64 = 100, of stub: WitnessStub) async throws -> WitnessFailure? {
        let found = Found<WitnessFailure>()
        try await stub.run { [log, checkpoint] witness, client in
            do throws(WitnessFailure) {
                _ = try await client.cosignature(
                    of: checkpoint, by: witness, lastSize: lastSize, proof: log.proofs)
            } catch {
                found.set(error)
            }
        }
        return found.value
    }

    @Test func aCosignatureIsTakenWithTheProofFromWhatTheWitnessKnows() async throws {
        let log = log
        let stub = WitnessStub { stub, request in
            let decision = WitnessDecision(request, log: log.key, last: try log.head(size: 100))
            guard case .cosign = decision else { return .text("no", status: .unprocessableContent) }
            return .text(try stub.line(request, log: log, at: UnixTime(seconds: 1_800_000_000)))
        }
        try await stub.run { witness, client in
            let cosignature = try await client.cosignature(
                of: log.checkpoint(200), by: witness, lastSize: 100, proof: log.proofs)
            #expect(cosignature.time == UnixTime(seconds: 1_800_000_000))
            #expect(cosignature.signature.name == witness.key.name)
        }
        #expect(stub.oldSizes == [100])
    }

    @Test(arguments: [0, 7, 100, 150, 200])
    func aWitnessThatNamesItsSizeIsAskedOnceMoreFromThere(last: UInt64) async throws {
        let log = log
        let stub = WitnessStub { stub, request in
            switch WitnessDecision(request, log: log.key, last: last == 0 ? nil : try log.head(size: last)) {
            case .cosign: .text(try stub.line(request, log: log))
            case .conflict(let size): .conflict("\(size)\n")
            default: .text("no", status: .unprocessableContent)
            }
        }
        try await stub.run { witness, client in
            _ = try await client.cosignature(of: log.checkpoint(200), by: witness, lastSize: 150, proof: log.proofs)
        }
        #expect(stub.oldSizes == (last == 150 ? [150] : [150, last]))
    }

    @Test(arguments: [
        (HTTPResponse.Status.badRequest, WitnessFailure.refusedRequest), (.forbidden, .untrustedLog),
        (.notFound, .unknownLog), (.unprocessableContent, .inconsistent), (.internalServerError, .status(500)),
        (.found, .status(302)), (.noContent, .status(204)),
    ])
    func eachStatusIsAFailureOfItsOwn(status: HTTPResponse.Status, expected: WitnessFailure) async throws {
        #expect(try await failure { _, _ in Response(status: status) } == expected)
    }

    @Test func aConflictThatNamesASizeIsJudgedByIt() async throws {
        #expect(try await failure { _, _ in .conflict("201\n") } == .ahead(size: 201))
        #expect(try await failure(lastSize: 200) { _, _ in .conflict("200\n") } == .otherHistory(size: 200))
        #expect(try await failure { _, _ in .conflict("200\n") } == .otherHistory(size: 200))
        #expect(try await failure(lastSize: 500) { _, _ in .conflict("500\n") } == .ahead(size: 500))
        // A witness that contradicts itself is not asked for ever.
        #expect(try await failure { _, _ in .conflict("100\n") } == .unreadableAnswer)
        #expect(try await failure { _, request in .conflict("\(request.oldSize + 1)\n") } == .overtaken(size: 102))
    }

    /// Older versions of the specification did not ask for the size where only the roots differ.
    @Test func aConflictAtTheSameSizeNeedsNoSize() async throws {
        #expect(
            try await failure(lastSize: 200) { _, _ in .text("", status: .conflict) } == .otherHistory(size: 200))
    }

    @Test(arguments: [
        "", "\n", "150", "0150\n", "+150\n", "-1\n", "150 \n", "150\r\n", "150\n150\n", "99999999999999999999\n",
        "9223372036854775808\n", String(repeating: "1", count: 5_000) + "\n", "１５０\n",
    ])
    func aConflictWithoutASizeIsUnreadable(body: String) async throws {
        #expect(try await failure { _, _ in .conflict(body) } == .unreadableAnswer)
    }

    @Test func aSizeOfAnotherMediaTypeIsNone() async throws {
        #expect(try await failure { _, _ in .conflict("150\n", type: "text/html") } == .unreadableAnswer)
        #expect(try await failure { _, _ in .conflict("150\n", type: "text/x.tlog.sizes") } == .unreadableAnswer)
        #expect(
            try await failure { _, _ in .conflict("201\n", type: "Text/X.tlog.size; charset=utf-8") }
                == .ahead(size: 201))
    }

    @Test func linesOfOtherKeysArePassedOver() async throws {
        let log = log
        let stub = WitnessStub { stub, request in
            let stranger = WitnessStub("other.example") { _, _ in .text("") }
            let namesake = WitnessStub { _, _ in .text("") }
            return .text(
                try stranger.line(request, log: log) + namesake.line(request, log: log)
                    + stub.line(request, log: log, at: UnixTime(seconds: 5))
                    + stub.line(request, log: log, at: UnixTime(seconds: 7))
                    + stub.line(request, log: log, at: UnixTime(seconds: 6)))
        }
        try await stub.run { witness, client in
            let found = try await client.cosignature(of: log.checkpoint(9), by: witness, lastSize: 0, proof: log.proofs)
            #expect(found.time.seconds == 7)
        }
        let others = try await failure { _, request in
            .text(try WitnessStub("other.example") { _, _ in .text("") }.line(request, log: log))
        }
        #expect(others == .noCosignature)
    }

    @Test func aLineOfTheWitnessThatDoesNotHoldIsRefused() async throws {
        let log = log
        let forOther = try await failure { stub, _ in .text(try stub.line(log.request(old: 0, new: 199), log: log)) }
        #expect(forOther == .invalidCosignature)
        let changed = try await failure { stub, request in
            let good = stub.signer.cosignature(
                for: try Checkpoint(verifying: request.checkpoint, key: log.key), at: UnixTime(seconds: 5))
            let later = [0, 0, 0, 0, 0, 0, 0, 6] + good.signature.dropFirst(8)
            return .text(NoteSignature(name: good.name, keyID: good.keyID, signature: later).line + "\n")
        }
        #expect(changed == .invalidCosignature)
    }

    @Test(arguments: [
        "", "\n", "hello\n", "\u{2014} witness.example AAAA\n", "\u{2014}witness.example AAAAAAAAAAAA\n", "\u{0}\n",
        String(repeating: "\u{2014} a AAAAAAAA\n", count: 101),
    ])
    func whatIsNoSignatureLineIsUnreadable(body: String) async throws {
        #expect(try await failure { _, _ in .text(body) } == .unreadableAnswer)
    }

    @Test func everyTruncationOfAnAnswerIsRefused() async throws {
        let log = log
        let count = Found<Int>()
        let stub = WitnessStub { stub, request in
            let line = Array(try stub.line(request, log: log).utf8)
            let cut = Int(request.oldSize)
            if cut < line.count { return .text(String(decoding: line.prefix(cut), as: UTF8.self)) }
            count.set(line.count)
            return .text(String(decoding: line, as: UTF8.self))
        }
        try await stub.run { witness, client in
            for cut in 0... {
                let answer = try? await client.cosignature(
                    of: log.checkpoint(300), by: witness, lastSize: UInt64(cut), proof: log.proofs)
                #expect((answer != nil) == (count.value == cut), "cut to \(cut) bytes")
                if count.value != nil { break }
            }
        }
        #expect(count.value != nil)
    }

    @Test func anEndlessAnswerIsNotReadToItsEnd() async throws {
        let found = try await failure { _, _ in .text(String(repeating: "x", count: 64 * 1024 + 1)) }
        #expect(found == .transport(.responseTooLarge(limit: 64 * 1024)))
    }

    @Test func aWitnessThatDoesNotAnswerIsNotWaitedForLong() async throws {
        let begin = ContinuousClock.now
        let found = try await failure(of: .silent())
        guard case .transport(.timedOut) = found else {
            Issue.record("\(String(describing: found))")
            return
        }
        #expect(ContinuousClock.now - begin < .seconds(20))
    }

    @Test func aLogThatCannotProveIsNotSubmitted() async throws {
        let found = Found<WitnessFailure>()
        let stub = WitnessStub { _, _ in .text("") }
        try await stub.run { [checkpoint] witness, client in
            for proof: WitnessClient.ConsistencyProof in [
                { _, _ in nil }, { _, _ in throw CancellationError() },
                { _, _ in Array(repeating: MerkleHash.emptyRoot, count: 64) },
            ] {
                do throws(WitnessFailure) {
                    _ = try await client.cosignature(
                        of: checkpoint, by: witness, lastSize: 9, proof: proof)
                } catch {
                    found.set(error)
                }
                #expect(found.value == .noProof(from: 9))
            }
        }
        #expect(stub.oldSizes.isEmpty)
    }

    @Test(arguments: [
        "http://127.0.0.1/?a", "http://127.0.0.1/#a", "ftp://127.0.0.1/", "127.0.0.1", "", "https://u:p@host.example",
        "https://",
    ])
    func aPrefixThatIsNoPlainURLMakesNoWitness(prefix: String) {
        let key = WitnessStub { _, _ in .text("") }.key
        #expect(Witness(submissionPrefix: prefix, key: key) == nil)
        #expect(Witness(submissionPrefix: "https://witness.example/w1", key: log.key) == nil)
        #expect(Witness(submissionPrefix: "https://witness.example/w1", key: key) != nil)
    }

    @Test func noFailureIsLostForWords() {
        let failures: [WitnessFailure] = [
            .transport(.timedOut("h")), .notAwaited, .unknownLog, .untrustedLog, .refusedRequest, .inconsistent,
            .otherHistory(size: 1), .ahead(size: 1), .overtaken(size: 1), .noProof(from: 1), .status(500),
            .unreadableAnswer, .noCosignature, .invalidCosignature, .wrongTime(age: 1), .wrongTime(age: -1),
        ]
        #expect(Set(failures.map(\.description)).count == failures.count)
        for failure in failures {
            for line in [failure.description, failure.hint ?? "x"] {
                #expect(!line.hasSuffix(".") && line.first?.isUppercase == false && !line.contains("\n"), "\(line)")
            }
        }
    }
}
