import KeySchedule
import KeyTransparency
import LibSodium
import PrivacyPass
import Revocation
import TestSupport
import Testing
import VOPRF

/// What the plan makes is held against the rules of the log.
struct RotationPlanTests {
    /// An issuer that does what its plan says whenever it looks at it.
    struct Issuer {
        var terms: RotationTerms
        var keys: [KeyStanding] = []
        var history = KeyHistory()

        init(epoch: Int64 = 1_000, acceptance: Int64 = 1_000, announcement: Int64 = 100) throws {
            let session = try #require(Capability("session"))
            terms = try #require(RotationTerms(
                capability: session, tokenType: .voprfRistretto255, epoch: epoch, acceptance: acceptance,
                announcement: announcement))
            try history.apply(LogEntry(time: UnixTime(seconds: 0), event: .terms(terms)))
        }

        var revokedFrom: UnixTime?

        var plan: RotationPlan { RotationPlan(terms, keys: keys, revokedFrom: revokedFrom) }

        mutating func look(at seconds: Int64) throws {
            let now = UnixTime(seconds: seconds)
            if let (key, start) = plan.keyToBringForward(at: now) {
                let moved = try KeyRecord(
                    capability: terms.capability, tokenType: terms.tokenType, publicKey: key.record.publicKey,
                    notBefore: start, issueUntil: key.record.issueUntil, acceptUntil: key.record.acceptUntil)
                try history.apply(LogEntry(time: now, event: .rescheduled(moved)))
                keys = keys.map { $0.record.id == moved.id ? KeyStanding(moved) : $0 }
            }
            while let dates = plan.keyToMake(at: now) {
                let record = try KeyRecord(
                    capability: terms.capability, tokenType: terms.tokenType,
                    publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: dates.notBefore,
                    issueUntil: dates.issueUntil, acceptUntil: dates.acceptUntil)
                try history.apply(LogEntry(time: now, event: .announced(record)))
                keys.append(KeyStanding(record))
            }
        }

        mutating func revoke(_ key: KeyRecord, at seconds: Int64) throws {
            try history.apply(LogEntry(time: UnixTime(seconds: seconds), event: .revoked(key.id, .keyCompromised)))
            keys = keys.map { $0.record.id == key.id ? KeyStanding($0.record, isRevoked: true) : $0 }
        }

        func issuing(at seconds: Int64) -> KeyRecord? {
            let purpose = KeyHistory.Purpose(terms.capability, terms.tokenType)
            return history.issuingKey(for: purpose, at: UnixTime(seconds: seconds))?.record
        }

        func live(at seconds: Int64) -> Int {
            keys.filter { [.announced, .issuing, .accepting].contains($0.state(at: UnixTime(seconds: seconds))) }.count
        }
    }

    @Test(arguments: [1, 999, 1_000, 1_001, 2_500, 5_000] as [Int64])
    func noKeyOfARevokedCapabilityBeginsOnItsDayOrLater(end: Int64) throws {
        var issuer = try Issuer()
        issuer.revokedFrom = UnixTime(seconds: end)
        let planned = issuer.plan.timeline(from: UnixTime(seconds: 0), until: UnixTime(seconds: 20_000))
        for second in stride(from: 0, to: 8_000, by: 10) { try issuer.look(at: Int64(second)) }
        #expect(issuer.keys.map(\.record.notBefore.seconds) == Array(stride(from: 0, to: end, by: 1_000)))
        #expect(planned.filter { $0.kind == .issuing }.map(\.time) == issuer.keys.map(\.record.notBefore))
        #expect(issuer.plan.nextDue(at: UnixTime(seconds: 8_000)) == nil)
    }

    @Test func whoLooksOftenHasOneIssuingKeyAtAnyTimeAndAtMostThreeLive() throws {
        var issuer = try Issuer()
        for second in stride(from: 0 as Int64, to: 20_000, by: 10) {
            try issuer.look(at: second)
            #expect(issuer.issuing(at: second) != nil, "second \(second)")
            #expect(issuer.live(at: second) <= 3, "second \(second)")
        }
        #expect(issuer.keys.count == 21)
    }

    @Test(arguments: 0..<20)
    func whoLooksAtAnyTimesNeverBreaksARule(seed: UInt64) throws {
        var generator = SplitMix(seed: seed)
        var issuer = try Issuer(
            epoch: .random(in: 1...2_000, using: &generator), acceptance: .random(in: 0...2_000, using: &generator),
            announcement: .random(in: 0...500, using: &generator))
        var second: Int64 = 0
        for _ in 0..<100 {
            second += .random(in: 0...3_000, using: &generator)
            let before = issuer
            do {
                try issuer.look(at: second)
                if Bool.random(using: &generator), let key = issuer.issuing(at: second) {
                    try issuer.revoke(key, at: second)
                    try issuer.look(at: second)
                    #expect(issuer.issuing(at: second) != nil)
                }
            } catch HistoryViolation.tooManyKeys {
                // Very short epochs with long acceptance: more keys are live than the rule allows, whoever plans.
                #expect(before.terms.epoch < before.terms.acceptance + before.terms.announcement + before.plan.terms.margin)
                return
            }
        }
    }

    @Test func aRevokedKeyIsReplacedAtOnceByTheAnnouncedOneOrByANewOne() throws {
        var issuer = try Issuer()
        try issuer.look(at: 0)
        let first = try #require(issuer.issuing(at: 0))
        try issuer.revoke(first, at: 10)
        try issuer.look(at: 10)
        let second = try #require(issuer.issuing(at: 10))
        #expect(second.id != first.id && second.notBefore.seconds == 10)
        // Now with the next one announced already.
        try issuer.look(at: 900)
        let announced = try #require(issuer.keys.last?.record)
        #expect(announced.notBefore == second.issueUntil)
        try issuer.revoke(second, at: 950)
        try issuer.look(at: 950)
        #expect(issuer.issuing(at: 950)?.id == announced.id)
    }

    @Test func aRetiredCapabilityGetsNoMoreKeys() throws {
        var issuer = try Issuer()
        try issuer.look(at: 0)
        issuer.keys = issuer.keys.map { KeyStanding($0.record, isRetired: true) }
        for second in [0, 999, 1_000, 5_000] as [Int64] { try issuer.look(at: second) }
        #expect(issuer.keys.count == 1 && issuer.plan.isRetired)
        #expect(issuer.plan.timeline(from: UnixTime(seconds: 5_000), until: UnixTime(seconds: 9_000)).isEmpty)
    }

    @Test func theTimelineSaysWhatThenHappens() throws {
        var issuer = try Issuer()
        try issuer.look(at: 0)
        let steps = issuer.plan.timeline(from: UnixTime(seconds: 1), until: UnixTime(seconds: 10_000))
        let foretold = steps.filter { $0.kind == .announcement }.map(\.time.seconds)
        var announced: [Int64] = []
        for second in 1..<10_000 as Range<Int64> {
            let count = issuer.keys.count
            try issuer.look(at: second)
            if issuer.keys.count > count { announced.append(second) }
        }
        #expect(foretold == announced && !announced.isEmpty)
        #expect(steps.map(\.time) == steps.map(\.time).sorted())
        let ends = steps.filter { $0.kind == .issuingEnds }.map(\.time)
        #expect(ends == issuer.keys.map(\.record.issueUntil).filter { $0.seconds < 10_000 })
    }

    @Test func theTimelineOfARevokedCapabilityEndsOnItsDay() throws {
        var issuer = try Issuer()
        try issuer.look(at: 0)
        let end = UnixTime(seconds: 500)
        let plan = RotationPlan(issuer.terms, keys: issuer.keys, revokedFrom: end)
        let steps = plan.timeline(from: UnixTime(seconds: 1), until: UnixTime(seconds: 200_000))
        let over = try #require(issuer.keys.first).record.acceptUntil.adding(seconds: RotationPlan.destructionDelay)
        #expect(steps.map(\.kind) == [.issuingEnds, .acceptanceEnds, .destruction])
        #expect(steps.map(\.time) == [end, end, over])
    }

    @Test func keysOfAnotherCapabilityAreNotCounted() throws {
        let issuer = try Issuer()
        let play = try #require(Capability("play"))
        let other = try KeyRecord(
            capability: play, tokenType: .voprfRistretto255,
            publicKey: ServerPrivateKey().publicKey.encoded.bytes, notBefore: UnixTime(seconds: 0),
            issueUntil: UnixTime(seconds: 1_000), acceptUntil: UnixTime(seconds: 2_000))
        let plan = RotationPlan(issuer.terms, keys: [KeyStanding(other)])
        #expect(plan.keyToMake(at: UnixTime(seconds: 5))?.notBefore.seconds == 5)
    }
}
