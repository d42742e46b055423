import Attestation
@testable import AuthorityServer
import AuthorityStore
import Foundation
import HTTPTransport
import KeyFiles
import KeySchedule
import LibSodium
import Logging
import PrivacyPass
import Revocation
import SQLiteSupport
import ServerSupport
import ServiceLifecycle
import TestSupport
import Testing
import VOPRF

/// An authority that serves on a loopback port, with its own clock and its own directories.
struct RunningAuthority: Sendable {
    let authority: Authority
    let time: TestTime
    let port: Int
    let socketPath: String
    let http: HTTPTransport

    var url: String { "http://127.0.0.1:\(port)" }

    /// Serves for as long as `body` runs.
    static func serving<T: Sendable>(
        isDevelopment: Bool = false, clock: (any TimeSource)? = nil, batchSizes: [Capability: Int] = [:],
        accounts: AccountConfiguration? = nil, guessesPerHour: Int? = nil,
        _ body: @escaping @Sendable (RunningAuthority) async throws -> T
    ) async throws -> T {
        let directories = try AuthorityDirectories()
        let time = TestTime()
        let authority = try directories.authority(time: clock ?? time)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        var configuration = AuthorityConfiguration(
            server: ServerConfiguration(
                address: ListenAddress(host: "127.0.0.1", port: 0), shutdownDuration: .seconds(2)),
            socketPath: DataDirectory.socketPath(in: directories.data), isDevelopment: isDevelopment)
        configuration.batchSizes = batchSizes
        configuration.accounts = accounts
        if let guessesPerHour { (configuration.guessesPerHour, configuration.limitsLoopback) = (guessesPerHour, true) }
        let service = try AuthorityService(authority, configuration: configuration, logger: logger)
        // What keys leave behind is seen to as well.
        for kind in [Housekeeping.self, HeadService.self] as [any Service.Type] {
            #expect(service.services.contains { type(of: $0) == kind }, "\(kind)")
        }
        let socketPath = configuration.socketPath
        let group = ServiceGroup(services: service.services, logger: logger)
        let http = try HTTPTransport(connections: 64)
        return try await withThrowingTaskGroup(of: T?.self) { tasks in
            tasks.addTask {
                try await group.run()
                return nil
            }
            tasks.addTask {
                let result: Result<T, any Error>
                do {
                    let running = RunningAuthority(
                        authority: authority, time: time, port: try await service.port, socketPath: socketPath,
                        http: http)
                    result = .success(try await body(running))
                } catch {
                    result = .failure(error)
                }
                await group.triggerGracefulShutdown()
                await http.shutdown()
                return try result.get()
            }
            var answer: T?
            for try await value in tasks { answer = value ?? answer }
            return try #require(answer)
        }
    }

    /// Makes a key that issues from now on for `epoch` seconds and is accepted for as long again.
    func makeKey(
        _ capability: String = "session", _ tokenType: TokenType? = nil, epoch: Int64 = 1_000
    ) async throws -> KeyRecord {
        let reply = await authority.handle(
            .createKey(
                KeyParameters(
                    capability: capability, tokenType: tokenType?.rawValue, epoch: epoch, acceptance: epoch,
                    isDevelopment: true)))
        return try key(reply)
    }

    func rotate(_ capability: String = "session") async throws -> KeyRecord {
        try await key(authority.handle(.rotateKey(capability: capability)))
    }

    func makeVoucher(_ capability: String = "session", tokens: Int = 100) async throws -> String {
        let reply = await authority.handle(.createVouchers(capability: capability, tokens: tokens, count: 1))
        guard case .voucherCodes(let vouchers, _) = reply else { throw UnexpectedReply(reply: reply) }
        return try #require(vouchers.first?.code)
    }

    func remaining() async throws -> Int {
        let reply = await authority.handle(.listVouchers)
        guard case .vouchers(let vouchers) = reply else { throw UnexpectedReply(reply: reply) }
        return vouchers.reduce(0) { $0 + $1.remaining }
    }

    func post(
        _ body: [UInt8], contentType: String = MediaType.tokenRequest, voucher: String?
    ) async throws -> HTTPTransportResponse {
        let headers = voucher.map { [(name: "Authorization", value: "Bearer \($0)")] } ?? []
        return try await http.post(url + "/token-request", headers: headers, contentType: contentType, body: body)
    }

    func get(_ path: String, ifNoneMatch: String? = nil) async throws -> HTTPTransportResponse {
        try await http.get(url + path, ifNoneMatch: ifNoneMatch)
    }

    /// The key that signs heads of the revocation list.
    func revocationKey() throws -> Ed25519.PublicKey {
        try #require(try authority.database.settings().revocationKey)
    }

    /// The revocation list as a replica that has nothing fetches it.
    func revocations() async throws -> RevocationList {
        let head = try RevocationHead(verifying: await get("/revocations/head").text, key: revocationKey())
        var entries: [RevocationEntry] = []
        while UInt64(entries.count) < head.size {
            let delta = try RevocationDelta(decoding: await get("/revocations?after=\(entries.count)").body)
            entries += delta.entries.dropFirst(entries.count - Int(delta.after))
        }
        return try RevocationList().applying(entries, upTo: head)
    }

    /// Tokens of a key, fetched as a client does.
    func tokens(_ count: Int, of key: KeyRecord, voucher: String) async throws -> [Token] {
        let inputs = (0..<count).map { _ in
            AuthenticatorInput(
                tokenType: .voprfRistretto255, nonce: .random(), challengeDigest: ChallengeDigest(.zero), keyID: key.id)
        }
        let blinding = try Blinding(inputs.map(\.encoded))
        let request = try AmortizedBatchTokenRequest(
            truncatedKeyID: key.id.truncated, blindedElements: blinding.blindedElements)
        let response = try await post(
            request.encoded, contentType: MediaType.amortizedBatchRequest, voucher: voucher)
        let evaluation = try AmortizedBatchTokenResponse(decoding: response.body).evaluation
        let outputs = try blinding.finalize(evaluation, publicKey: ServerPublicKey(decoding: key.publicKey))
        return try zip(inputs, outputs).map { try Token(input: $0, authenticator: $1.bytes) }
    }

    private func key(_ reply: AdminReply) throws -> KeyRecord {
        guard case .key(let summary) = reply else { throw UnexpectedReply(reply: reply) }
        return summary.record
    }
}

struct UnexpectedReply: Error {
    let reply: AdminReply
}

/// A data directory and a key directory that are removed on release.
final class AuthorityDirectories: Sendable {
    let data: String
    let keys: String
    private let parent: String

    init() throws {
        parent = TemporaryDirectory.newPath()
        (data, keys) = (parent + "/data", parent + "/keys")
        try FileManager.default.createDirectory(
            atPath: parent, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { try? FileManager.default.removeItem(atPath: parent) }

    func keyDirectory() throws -> KeyDirectory {
        try KeyDirectory(keys, passphrase: SecretBytes(copying: Array("open".utf8)), cost: .minimal)
    }

    func authority(
        withKeys: Bool = true, name: String? = "issuer.example", time: any TimeSource = TestTime()
    ) throws -> Authority {
        try Authority(
            in: DataDirectory(path: data, side: .authority), keys: withKeys ? keyDirectory() : nil,
            name: name.map { try ServerName($0) }, time: time)
    }
}

/// Blinded elements as an honest client sends them.
func blindedElements(_ count: Int) throws -> [Ristretto255.Element] {
    try (0..<count).map { _ in try Ristretto255.Element.generator(times: SecretScalar()) }
}

extension KeyRecord {
    /// Whether an answer is right for these blinded elements, by its proof.
    func isValid(_ evaluation: Evaluation, for blinded: [Ristretto255.Element]) throws -> Bool {
        try evaluation.proof.isValid(
            publicKey: ServerPublicKey(decoding: publicKey), blinded: blinded, evaluated: evaluation.elements)
    }
}
