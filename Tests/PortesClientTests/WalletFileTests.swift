import Foundation
import LibSodium
import PrivacyPass
import TestSupport
import Testing

@testable import PortesClient

struct WalletFileTests {
    let directory: TemporaryDirectory
    let issuer = TestIssuer()
    let challenge: TokenChallenge
    let origin: ServerName

    init() throws {
        directory = try TemporaryDirectory()
        challenge = try TestIssuer.challenge()
        origin = try ServerName("origin.example")
    }

    @Test func theFileIsPrivateAndHasNoneBesideIt() async throws {
        try await fill()
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.walletPath)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let names = try FileManager.default.contentsOfDirectory(atPath: directory.path)
        #expect(names.sorted() == ["wallet", "wallet.lock"])
    }

    @Test func aFileThatOthersMayReadIsMadePrivate() async throws {
        try await fill()
        chmod(directory.walletPath, 0o644)
        _ = try Wallet(path: directory.walletPath)
        let attributes = try FileManager.default.attributesOfItem(atPath: directory.walletPath)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test func twoWalletsNeverHaveOneFile() async throws {
        let first = try Wallet(path: directory.walletPath)
        #expect(throws: WalletError.inUse) { try Wallet(path: directory.walletPath) }
        await first.close()
        _ = try Wallet(path: directory.walletPath)
    }

    @Test func aClosedWalletHandsNothingOut() async throws {
        try await fill()
        let wallet = try Wallet(path: directory.walletPath)
        await wallet.close()
        await #expect(throws: WalletError.closed) {
            _ = try await wallet.take(Capability.session, for: challenge, at: origin)
        }
    }

    @Test func aWalletThatIsInUseClosesNothingOfOthers() async throws {
        let wallet = try Wallet(path: directory.walletPath)
        let wrong = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask { [directory] in Self.openFilesThatGetLost(in: directory.path) }
                group.addTask { [directory] in Self.openInVain(directory.walletPath) }
            }
            return await group.reduce(0, +)
        }
        #expect(wrong == 0)
        await wallet.close()
    }

    /// How many of the files that this opens and closes were closed by somebody else meanwhile.
    private static func openFilesThatGetLost(in directory: String) -> Int {
        (0..<10_000).count { _ in
            let file = open(directory, O_RDONLY | O_CLOEXEC)
            return close(file) != 0
        }
    }

    /// How many of the attempts to open a wallet in use ended otherwise than with ``WalletError/inUse``.
    private static func openInVain(_ path: String) -> Int {
        (0..<5_000).count { _ in
            do throws(WalletError) {
                _ = try Wallet(path: path)
                return true
            } catch {
                return error != .inUse
            }
        }
    }

    @Test func aWalletThatMustBeThereIsNotMade() async throws {
        #expect(throws: WalletError.absent) { try Wallet(path: directory.walletPath, mayBeAbsent: false) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
        #expect(throws: WalletError.fileSystem(code: ENOENT)) {
            try Wallet(path: directory.path + "/none/wallet", mayBeAbsent: false)
        }
        try await fill()
        _ = try Wallet(path: directory.walletPath, mayBeAbsent: false)
    }

    @Test func everyTruncationIsCorruptAndLeftAsItIs() async throws {
        let bytes = try await fill()
        for length in 0..<bytes.count {
            let cut = Array(bytes.prefix(length))
            try directory.write(cut)
            #expect(throws: WalletError.corrupt, "\(length) bytes") { try Wallet(path: directory.walletPath) }
            #expect(try directory.bytes() == cut)
        }
    }

    @Test func everySingleBitFlipIsRefused() async throws {
        let bytes = try await fill()
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: WalletError.self, "bit \(bit)") { try WalletContents(decoding: changed) }
        }
    }

    @Test func whatAnotherVersionWroteIsNotGuessedAt() async throws {
        var bytes = try await fill()
        bytes[13] = 7
        try directory.write(bytes)
        #expect(throws: WalletError.newerVersion) { try Wallet(path: directory.walletPath) }
    }

    @Test func aFileDecodesAndEncodesToTheSameBytes() async throws {
        let bytes = try await fill()
        #expect(try WalletContents(decoding: bytes).encoded == bytes)
        #expect(WalletContents().encoded.count == 55)
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt8]) func aFileOfAnEarlierVersionIsRead(version: UInt8) async throws {
        var contents = try WalletContents(decoding: await fill())
        contents.keyLogs = []
        // Up to version 3 a lot's key has no length, which is 32, in front.
        var body = Array(contents.encoded.dropLast(32))
        for lot in contents.lots where version < 4 {
            let place = try #require(body.firstRange(of: [32] + lot.tokenKey.encoded)?.lowerBound)
            body.remove(at: place)
        }
        // Up to version 5 it is not said what a token was sent for: it was always to be redeemed.
        let purpose = try #require(body.firstRange(of: Array("purpose".utf8)))
        #expect(body.remove(at: purpose.upperBound) == 0)
        // Nothing set aside, nothing surrendered, no key log, no series, nothing recovered, no session: lists of no
        // items, which earlier versions do not have.
        #expect(body.suffix(6) == [0, 0, 0, 0, 0, 0])
        body.removeLast(version == 1 ? 6 : version == 2 ? 4 : version < 5 ? 3 : 1)
        body[13] = version
        try directory.write(body + KeyedBLAKE2b.hash(body).bytes)
        let wallet = try Wallet(path: directory.walletPath)
        #expect(await wallet.holdings.map(\.count) == [2])
        _ = try await wallet.take(Capability.session, for: challenge, at: origin).binding
        #expect(try directory.bytes()[13] == 6)
    }

    /// With a valid checksum, what the parser itself refuses.
    @Test func hostileBodiesAreRefusedAndNeverTrap() async throws {
        var filled = try await WalletContents(decoding: fill())
        let token = try #require(filled.spendings.first?.token)
        filled.setAside = [.init(keyID: token.input.keyID, origin: origin, reason: .keyRevoked)]
        filled.surrendered = [.init(capability: Capability.session, token: token)]
        let lot = try #require(filled.lots.first)
        filled.recovered = [lot.keyID]
        filled.series = [
            .init(
                series: RequestSeries(
                    capability: lot.capability, challenge: lot.challenge, tokenKey: lot.tokenKey, batchSize: 10),
                next: 7, isKept: true, open: [token.input.nonce: 9])
        ]
        let body = Array(filled.encoded.dropLast(32))
        let seed = UInt64.random(in: 0...UInt64.max)
        var random = SplitMix(seed: seed)
        for round in 0..<5_000 {
            var changed = body
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 14..<changed.count, using: &random)
                switch Int.random(in: 0...2, using: &random) {
                case 0: changed[index] = UInt8.random(in: 0...255, using: &random)
                case 1: changed.remove(at: index)
                default: changed.insert(UInt8.random(in: 0...255, using: &random), at: index)
                }
            }
            let sealed = changed + KeyedBLAKE2b.hash(changed).bytes
            if let contents = try? WalletContents(decoding: sealed) {
                #expect(contents.encoded == sealed, "seed \(seed), round \(round)")
            }
        }
    }

    @Test func aHalfWrittenSuccessorIsIgnored() async throws {
        let bytes = try await fill()
        for length in stride(from: 0, through: bytes.count, by: 97) {
            try directory.write(Array(bytes.reversed().prefix(length)), to: "wallet.new")
            let wallet = try Wallet(path: directory.walletPath)
            #expect(await wallet.holdings.map(\.count) == [2])
            await wallet.close()
        }
        let wallet = try Wallet(path: directory.walletPath)
        _ = try await wallet.take(Capability.session, for: challenge, at: origin).binding
        #expect(try WalletContents(decoding: directory.bytes()).spendings.count == 2)
    }

    @Test func whenTheDiskRefusesNothingIsHandedOutAndNothingChanges() async throws {
        let before = try await fill()
        let wallet = try Wallet(path: directory.walletPath)
        // A directory in the place of the new file: even root cannot open that for writing.
        try FileManager.default.createDirectory(
            atPath: directory.walletPath + ".new", withIntermediateDirectories: false)
        await #expect(throws: WalletError.fileSystem(code: EISDIR)) {
            _ = try await wallet.take(Capability.session, for: challenge, at: origin)
        }
        #expect(await wallet.holdings.map(\.count) == [2])
        #expect(try directory.bytes() == before)
        try FileManager.default.removeItem(atPath: directory.walletPath + ".new")
        _ = try await wallet.take(Capability.session, for: challenge, at: origin).binding
    }

    @Test func symbolicLinksAndPathsThatAreNoFilesAreRefused() throws {
        try FileManager.default.createSymbolicLink(
            atPath: directory.walletPath, withDestinationPath: directory.path + "/elsewhere")
        try directory.write([], to: "elsewhere")
        #expect(throws: WalletError.fileSystem(code: ELOOP)) { try Wallet(path: directory.walletPath) }
        try FileManager.default.createDirectory(
            atPath: directory.path + "/folder", withIntermediateDirectories: false)
        #expect(throws: WalletError.fileSystem(code: EINVAL)) { try Wallet(path: directory.path + "/folder") }
        #expect(throws: WalletError.fileSystem(code: ENOENT)) { try Wallet(path: directory.path + "/none/wallet") }
    }

    @Test func theFileStaysTheSameWhenItsDirectoryIsRenamed() async throws {
        try await fill()
        let wallet = try Wallet(path: directory.walletPath)
        let moved = directory.path + "-moved"
        try FileManager.default.moveItem(atPath: directory.path, toPath: moved)
        defer { try? FileManager.default.moveItem(atPath: moved, toPath: directory.path) }
        _ = try await wallet.take(Capability.session, for: challenge, at: origin).binding
        #expect(throws: WalletError.inUse) { try Wallet(path: moved + "/wallet") }
        let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: moved + "/wallet")))
        #expect(try WalletContents(decoding: bytes).spendings.count == 2)
    }

    /// A wallet of two unspent tokens, one sent and one request, and the bytes of its file.
    @discardableResult private func fill() async throws -> [UInt8] {
        let wallet = try Wallet(path: directory.walletPath)
        let server = FakeIssuer(issuer)
        let client = try server.client()
        let voucher = FakeIssuer.voucher
        try await wallet.fetch(3, of: Capability.session, for: challenge, from: client, voucher: voucher)
        _ = try await wallet.take(
            Capability.session, for: challenge, at: origin, purpose: Array("purpose".utf8)
        ).binding
        server.fail(.loseAnswer)
        let lost = try TestIssuer.challenge(origins: [])
        await #expect(throws: IssuanceError.self) {
            try await wallet.fetchOfFirstKey(2, for: lost, from: client, voucher: voucher)
        }
        await wallet.close()
        return try directory.bytes()
    }
}
