import ClearingStore
import Foundation
import HTTPTransport
import SQLiteSupport

/// A copy of a clearing server's database in its directory, which goes when this value does.
///
/// Taken by the running server, through its admin socket, or where none runs by this process. One at a time.
final class ClearingSnapshot: Sendable {
    /// How long a server may take that has the directory and does not listen yet.
    private static let patience: Duration = .seconds(30)

    private let data: String
    private let lock: BackupLock

    /// Takes a snapshot of the server in a directory.
    init(of data: String) async throws {
        self.data = data
        lock = try BackupLock(data)
        do {
            try await take()
        } catch {
            unlink(ClearingBackup.snapshotPath(in: data))
            throw error
        }
    }

    deinit {
        unlink(ClearingBackup.snapshotPath(in: data))
    }

    private func take() async throws {
        let progress = Progress("copying the ledger")
        defer { progress.end() }
        do {
            let data = data
            let directory = try await OffPool.run {
                let directory = try DataDirectory(path: data, side: .clearing)
                try ClearingFiles.check(in: directory)
                return directory
            }
            try await ClearingBackup.takeSnapshot(in: directory) { progress.show($0) }
        } catch StoreError.locked {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await self.askServer() }
                group.addTask { await self.watch(progress) }
                try await group.next()
                group.cancelAll()
            }
        }
    }

    private func askServer() async throws {
        let transport = try HTTPTransport()
        let result: Result<HTTPTransportResponse, any Error>
        do { result = .success(try await send(transport)) } catch { result = .failure(error) }
        await transport.shutdown()
        guard try result.get().status == 204 else {
            throw CommandFailure(
                "the running server took no snapshot",
                hint: "see its log and the room on its disk; command and server must be of one version")
        }
    }

    private func send(_ transport: HTTPTransport) async throws -> HTTPTransportResponse {
        let end = ContinuousClock.now + Self.patience
        let request = HTTPTransportRequest(
            .post, .unixSocket(path: DataDirectory.socketPath(in: data), uri: ClearingBackup.snapshotURI),
            timeout: .seconds(3_600))
        while true {
            do {
                return try await transport.send(request)
            } catch {
                guard case .refused = error, ContinuousClock.now < end else { throw error }
                // Who has the lock does not listen yet.
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    /// Shows how far the server is by the sizes of the files.
    private func watch(_ progress: Progress) async {
        func size(_ path: String) -> Double {
            let values = try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey])
            return Double(values?.fileSize ?? 0)
        }
        let whole = size(data + "/" + StoreSide.clearing.databaseName)
        while !Task.isCancelled {
            if whole > 0 { progress.show(size(ClearingBackup.snapshotPath(in: data)) / whole) }
            try? await Task.sleep(for: .milliseconds(200))
        }
    }
}
