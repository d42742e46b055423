import AuthorityServer
import ClearingServer
import ClearingStore
import HTTPTransport
import KeyTransparency
import PortesClient
import SQLiteSupport
import ServerSupport
import Testing

@testable import portes

/// What a user is told about an error: never the text that Swift makes of it.
@Suite struct CommandReportTests {
    static let known: [any Error] = [
        AuthorityError.otherName(known: "a.example"), AuthorityError.keysMissing, AuthorityError.metricsBeyondLoopback,
        AuthorityError.developmentBeyondLoopback, ListenError.addressInUse("127.0.0.1:1"),
        ListenError.addressNotAvailable("192.0.2.1:1"), ListenError.permissionDenied("127.0.0.1:1"),
        ListenError.unknownHost("a.example:1"), ListenError.socketPathTooLong(length: 200),
        ListenError.unsafeSocketDirectory("/a"), ListenError.other("a"), TLSFilesError.unusableCertificate(path: "/a"),
        TLSFilesError.unusableKey(path: "/a"), TLSFilesError.keyDoesNotMatch, HTTPTransportError.invalidURL,
        HTTPTransportError.plainHTTP(host: "a.example"), HTTPTransportError.refused("a.example"),
        HTTPTransportError.tlsFailed(host: "a.example", reason: .untrusted), HTTPTransportError.timedOut("a.example"),
        HTTPTransportError.failed(host: "a.example", reason: "b"), ClearingServerError.metricsBeyondLoopback,
        StoreError.locked(directory: "/a"),
    ]

    @Test(arguments: known) func eachKnownErrorComesWithAHint(error: any Error) {
        let lines = CommandReport(error).lines
        #expect(lines.count == 2, "\(lines)")
        #expect(lines.first?.hasPrefix("portes: error: ") == true && lines.last?.hasPrefix("portes: hint: ") == true)
        #expect(lines.allSatisfy { !$0.contains("(path:") && !$0.contains("Error") }, "\(lines)")
    }

    static let logRefusals: [KeyLogRefusal] = [
        .logKeyNotGiven, .witnessesNotGiven, .otherLogKey, .unreachable(TransportFailure("away")),
        .notServed(path: "a", status: 404), .malformed(path: "a"), .tooLarge(size: 1), .badSignature,
        .tooFewWitnesses(found: 0, needed: 1, stale: 0), .rollback(size: 1, seen: 2), .fork(seen: 1), .entriesDoNotFit,
        .malformedEntry(1), .ruleBroken(.windowsOverlap, entry: 1), .developmentLog, .keyNotInLog, .notTheIssuingKey,
        .tooManyIssuingKeys, .damagedStore, .storeFailed(TransportFailure("away")),
    ]


    @Test func eachRefusalOfAKeyLogHasWordsOfItsOwnAndSaysWhatToDo() {
        let failures = Self.logRefusals.compactMap { CommandFailure(clientError: IssuanceError.keyLog($0)) }
        #expect(failures.count == Self.logRefusals.count)
        #expect(Set(failures.map(\.message)).count == failures.count)
        #expect(failures.allSatisfy { $0.hint?.isEmpty == false })
    }

    @Test func wrongUsageIsToldFromAFailure() {
        #expect(CommandReport(AuthorityError.developmentBeyondLoopback).status == 64)
        #expect(CommandReport(CommandFailure.usage("a", hint: "b")).status == 64)
        #expect(CommandReport(CommandFailure("a", hint: "b")).status == 1)
        #expect(CommandReport(StoreError.locked(directory: "/a")).status == 1)
    }

    @Test func anUnknownErrorIsToldByItsTypeAlone() {
        struct Odd: Error { let secret = "s3cret" }
        let lines = CommandReport(Odd()).lines
        #expect(lines.first == "portes: error: the command failed: Odd")
        #expect(!lines.joined().contains("s3cret"))
    }
}
