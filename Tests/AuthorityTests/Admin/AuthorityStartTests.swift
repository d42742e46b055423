import Attestation
import AuthorityServer
import AuthorityStore
import Foundation
import Issuance
import KeyFiles
import KeySchedule
import LibSodium
import Logging
import PrivacyPass
import SQLiteSupport
import ServerSupport
import Testing

struct AuthorityStartTests {
    let directories: AuthorityDirectories

    init() throws { directories = try AuthorityDirectories() }

    @Test func itComesBackWithItsKeysAndItsName() async throws {
        let authority = try directories.authority()
        let before = await authority.handle(
            .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        let described = await authority.handle(.describe)
        try authority.close()
        let again = try directories.authority(name: nil)
        #expect(again.issuerName?.text == "issuer.example")
        #expect(await again.handle(.describe) == described)
        guard case .key(let key) = before else { throw CancellationError() }
        #expect(await again.handle(.listKeys) == .keys([key]))
        #expect(again.issuer.records == [key.record])
    }

    @Test func itsNameCanBeCorrectedUntilATokenIsIssued() async throws {
        let wrong = try directories.authority(name: "127.0.0.1:8080")
        _ = await wrong.handle(.createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        try wrong.close()
        let right = try directories.authority()
        #expect(right.issuerName?.text == "issuer.example")
        let key = try #require(right.issuer.records.first)
        let charge = Charge(payer: .nobody, request: .random(), count: 1, keyID: key.id)
        #expect(try await right.database.charge(charge) == .charged)
        try right.close()
        #expect(throws: AuthorityError.otherName(known: "issuer.example")) {
            try directories.authority(name: "other.example")
        }
    }

    @Test func whatNeedsNoKeysWorksWithoutThem() async throws {
        let authority = try directories.authority(withKeys: false, name: nil)
        guard case .voucherCodes = await authority.handle(.createVouchers(capability: "session", tokens: 1, count: 1))
        else {
            throw CancellationError()
        }
        let request = AdminRequest.createKey(KeyParameters(capability: "session", epoch: 1, acceptance: 1))
        #expect(request.needsKeys && !AdminRequest.listKeys.needsKeys)
        #expect(
            await authority.handle(request)
                == .refused(message: "this needs the key directory", hint: "name it with --keys"))
        guard case .refused = await authority.handle(.describe) else { throw CancellationError() }
    }

    @Test func keysThatAreElsewhereAreSaidBeforeAnyAreMade() async throws {
        try directories.authority().close()
        let elsewhere = directories.keys + "-2"
        #expect(throws: AuthorityError.keysElsewhere(directory: elsewhere)) {
            _ = try Authority(in: DataDirectory(path: directories.data, side: .authority), keysAt: elsewhere) {
                Issue.record("the key directory must not be made")
                return try directories.keyDirectory()
            }
        }
        let again = try Authority(
            in: DataDirectory(path: directories.data, side: .authority), keysAt: directories.keys,
            opening: directories.keyDirectory)
        #expect(again.issuerName?.text == "issuer.example")
    }

    @Test func aNewAuthorityDoesNotBeginOverTheKeysOfAnother() async throws {
        let authority = try directories.authority()
        _ = await authority.handle(.createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        try authority.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: directories.keys).sorted()
        #expect(throws: AuthorityError.dataElsewhere(keys: directories.keys)) {
            _ = try Authority(
                in: DataDirectory(path: directories.data + "-2", side: .authority), keysAt: directories.keys,
                opening: directories.keyDirectory)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directories.keys).sorted() == files)
    }

    @Test func aMissingSecretIsNamedAtTheStart() async throws {
        let authority = try directories.authority()
        let reply = await authority.handle(
            .createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100)))
        guard case .key(let key) = reply else { throw CancellationError() }
        try authority.close()
        let file = directories.keys + "/\(key.id).token"
        try FileManager.default.removeItem(atPath: file)
        #expect(throws: KeyFileError.notFound(path: file)) { try directories.authority() }
    }

    @Test func aKeyThatWasNotStoredLeavesNoSecretBehind() async throws {
        let authority = try directories.authority()
        let request = AdminRequest.createKey(KeyParameters(capability: "session", epoch: 100, acceptance: 100))
        _ = await authority.handle(request)
        guard case .refused = await authority.handle(request) else { throw CancellationError() }
        let files = try FileManager.default.contentsOfDirectory(atPath: directories.keys)
        #expect(files.filter { $0.hasSuffix(".token") }.count == 1)
    }

    @Test func theOpenGateIsForThisMachineAlone() throws {
        let authority = try directories.authority()
        #expect(throws: AuthorityError.developmentBeyondLoopback) {
            try AuthorityService(
                authority,
                configuration: AuthorityConfiguration(
                    server: ServerConfiguration(address: ListenAddress(host: "0.0.0.0", port: 0)),
                    socketPath: DataDirectory.socketPath(in: directories.data), isDevelopment: true),
                logger: Logger(label: "test"))
        }
    }

    @Test func itDoesNotServeWithoutItsKeys() throws {
        let authority = try directories.authority(withKeys: false)
        #expect(throws: AuthorityError.keysMissing) {
            try AuthorityService(
                authority,
                configuration: AuthorityConfiguration(
                    server: ServerConfiguration(address: ListenAddress(host: "127.0.0.1", port: 0)),
                    socketPath: DataDirectory.socketPath(in: directories.data)),
                logger: Logger(label: "test"))
        }
    }
}
