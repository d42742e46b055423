import AuthorityKeys
package import AuthorityStore
import Dispatch
package import Issuance
package import KeyFiles
package import KeySchedule
package import PrivacyPass
package import SQLiteSupport
import Synchronization

/// One token authority: its database, its keys, and the one handler of admin requests.
///
/// A server and an admin command both work on such a value: the server for as long as it runs, the command for one
/// request while no server does.
package final class Authority: Sendable {
    /// What is kept: keys' dates, vouchers, charged requests, revocations, verifiers.
    package let database: AuthorityDatabase
    /// The secrets, unless the key directory was not opened.
    let keyring: AuthorityKeyring?
    /// The signing keys, unless the key directory was not opened.
    let signing: SigningKeys?
    /// The issuer's name; `nil` until the authority was started with one.
    package let issuerName: ServerName?
    let time: any TimeSource
    /// The housekeeping's time when this value was made, see ``Housekeeping``.
    let housekeepingTime: UnixTime
    /// Whether the calendar can be believed.
    let clock: ClockGuard
    private let toleratesMissing: Bool
    /// Says that the key log or the revocation list has grown.
    let growth = GrowthSignal()
    private let loaded: Mutex<LoadedKeys>
    // One after the other, on a thread that may wait for the disk.
    private let adminQueue = DispatchQueue(label: "portes.authority.admin")

    /// Opens the authority in a data directory; blocks.
    ///
    /// `keys` may be missing for requests that do not need them, see ``AdminRequest/needsKeys``; where it is given the
    /// first time, signing keys are made. `name` is kept, and once a token was issued must be the same at every start.
    /// Throws ``StoreError``, ``KeyFileError`` or ``AuthorityError``.
    package convenience init(
        in directory: DataDirectory, keys: KeyDirectory?, name: ServerName? = nil,
        time: any TimeSource = SystemTimeSource()
    ) throws {
        try self.init(AuthorityDatabase(in: directory, time: time), keys: keys, name: name, time: time)
    }

    private init(
        _ database: AuthorityDatabase, keys: KeyDirectory?, name: ServerName?, time: any TimeSource,
        toleratingMissing: Bool = false
    ) throws {
        self.database = database
        toleratesMissing = toleratingMissing
        self.time = time
        clock = ClockGuard(time)
        housekeepingTime = try database.housekeepingTime()
        let settings = try database.settings()
        if let name, name != settings.issuerName {
            // A token that was issued is bound to the name of its time.
            if let known = settings.issuerName, try database.hasIssued() {
                throw AuthorityError.otherName(known: known.text)
            }
            try database.setIssuerName(name)
        }
        issuerName = name ?? settings.issuerName
        let keyring = keys.map { AuthorityKeyring($0) }
        self.keyring = keyring
        signing = try keyring.map { try Self.signingKeys($0, settings, database) }
        try Self.logKeysOfEarlierVersions(database, at: time.now().wall)
        loaded = try Mutex(
            LoadedKeys(
                database: database, keyring: keyring, known: [], toleratingMissing: toleratingMissing,
                at: time.now().wall))
    }

    /// Opens the authority in a data directory with the key directory at `path`, which `open` opens or makes; blocks.
    ///
    /// Where the authority has signing keys and they are not at `path`, nothing is opened or made there: throws
    /// ``AuthorityError/keysElsewhere(directory:)``. Where it is new and there are keys at `path`: throws
    /// ``AuthorityError/dataElsewhere(keys:)``. Else as ``init(in:keys:name:time:)``; with `toleratingMissing` also
    /// where secrets of keys in use are not in the key directory.
    package convenience init(
        in directory: DataDirectory, keysAt path: String, name: ServerName? = nil,
        time: any TimeSource = SystemTimeSource(), toleratingMissing: Bool = false, opening open: () throws -> KeyDirectory
    ) throws {
        let database = try AuthorityDatabase(in: directory, time: time)
        do {
            let settings = try database.settings()
            guard AuthorityKeyring.hasSigningKeys(settings.publicKeys, at: path) else {
                throw AuthorityError.keysElsewhere(directory: path)
            }
            if settings.revocationKey == nil, !AuthorityKeyring.tokenKeys(at: path).isEmpty {
                throw AuthorityError.dataElsewhere(keys: path)
            }
            try self.init(database, keys: open(), name: name, time: time, toleratingMissing: toleratingMissing)
        } catch {
            try? database.close()
            throw error
        }
    }

    private static func signingKeys(
        _ keyring: AuthorityKeyring, _ settings: AuthoritySettings, _ database: AuthorityDatabase
    ) throws -> SigningKeys {
        let keys = try keyring.signingKeys(settings.publicKeys)
        if keys.publicKeys != settings.publicKeys { try database.setSigningKeys(AuthoritySettings(keys.publicKeys)) }
        return keys
    }

    /// The issuer with the keys as they are now.
    package var issuer: Issuer { loaded.withLock { $0.issuer } }

    /// The secrets that are loaded.
    var secrets: [IssuerSecret] { loaded.withLock { $0.secrets } }

    /// All keys there are, and what was decided about them.
    var standings: [KeyStanding] { loaded.withLock { $0.standings } }

    /// Takes in what has changed in the database. Blocks: for the admin queue.
    func reload() throws {
        let fresh = try LoadedKeys(
            database: database, keyring: keyring, known: secrets, toleratingMissing: toleratesMissing,
            at: time.now().wall)
        loaded.withLock { $0 = fresh }
    }

    /// ``onAdminQueue(_:)`` for code that may block.
    func adminQueueSync<T>(_ body: () throws -> T) rethrows -> T { try adminQueue.sync(execute: body) }

    /// Runs `body` where keys are changed: one after the other, on a thread that may wait for the disk.
    func onAdminQueue<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            adminQueue.async { continuation.resume(with: Result { try body() }) }
        }
    }

    /// Carries out an admin request, one after the other; a server that runs on this value follows at once.
    package func handle(_ request: AdminRequest) async -> AdminReply {
        if request == .takeSnapshot {
            do {
                try await database.takeSnapshot()
            } catch {
                let refusal = AdminRefusal(error)
                return .refused(message: refusal.message, hint: refusal.hint)
            }
        }
        return await withCheckedContinuation { continuation in
            adminQueue.async { continuation.resume(returning: self.reply(to: request)) }
        }
    }

    /// Destroys the secrets of keys of which nothing is on record any more; answers those that were there.
    func destroySecrets(of ids: [TokenKeyID]) async throws -> [TokenKeyID] {
        guard let keyring else { return [] }
        return try await onAdminQueue { try ids.filter { try keyring.destroySecret(of: $0) } }
    }

    /// Closes the database. Then another process can open the directory. Blocks.
    package func close() throws { try database.close() }
}

extension AuthoritySettings {
    /// The public keys as far as they were made.
    var publicKeys: SigningKeys.PublicKeys {
        SigningKeys.PublicKeys(
            revocationHead: revocationKey, keyDelivery: deliveryKey, keyLog: keyLogKey, revocationLog: revocationLogKey)
    }

    fileprivate init(_ keys: SigningKeys.PublicKeys) {
        self.init()
        revocationKey = keys.revocationHead
        deliveryKey = keys.keyDelivery
        keyLogKey = keys.keyLog
        revocationLogKey = keys.revocationLog
    }
}

/// The keys as they were read at one time.
private struct LoadedKeys: Sendable {
    let issuer: Issuer
    let secrets: [IssuerSecret]
    let standings: [KeyStanding]

    /// Reads all records, and the secrets that are not `known` yet of keys that may be used.
    init(
        database: AuthorityDatabase, keyring: AuthorityKeyring?, known: [IssuerSecret], toleratingMissing: Bool,
        at time: UnixTime
    ) throws {
        let keys = try database.keys()
        standings = keys.map(\.standing)
        let known = Dictionary(known.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        secrets = try keys.filter { ![.ended, .revoked].contains($0.state(at: time)) }.compactMap { key in
            if let secret = known[key.record.id] { return secret }
            do {
                return try keyring?.secret(of: key.record)
            } catch KeyFileError.notFound where toleratingMissing {
                return nil
            }
        }
        issuer = try Issuer(
            records: keys.map(\.record), secrets: secrets, revoked: Set(keys.filter(\.isRevoked).map(\.record.id)),
            revokedCapabilities: database.revokedCapabilities())
    }
}
