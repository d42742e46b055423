internal import ClearingStore
internal import Hummingbird
internal import SQLiteSupport
internal import ServerSupport
internal import Synchronization

/// `POST /snapshot` on the admin socket: a copy of the database beside it, for `portes clearing backup`, which seals it
/// and takes it away.
final class SnapshotRoute: Sendable {
    private let database: ClearingDatabase
    private let path: String
    private let isBusy = Mutex(false)

    init(database: ClearingDatabase, directory: DataDirectory) {
        self.database = database
        path = ClearingBackup.snapshotPath(in: directory.path)
    }

    func add(to router: Router<ServerContext>) {
        router.post("\(ClearingBackup.snapshotURI)") { [self] _, _ in
            let isFirst = isBusy.withLock { isBusy in
                defer { isBusy = true }
                return !isBusy
            }
            guard isFirst else { throw HTTPProblem.unavailable(detail: "a snapshot is being taken") }
            defer { isBusy.withLock { $0 = false } }
            try await database.takeSnapshot(at: path)
            return Response(status: .noContent)
        }
    }
}
