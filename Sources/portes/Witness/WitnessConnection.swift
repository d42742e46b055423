import Foundation
import HTTPTransport
import KeyTransparency
import SQLiteSupport
import WitnessServer
import WitnessStore

/// Asks a witness something: through its socket where it runs, else from its data directory.
struct WitnessConnection {
    /// For how long lock and socket are tried while somebody has the one and nobody answers at the other.
    private static let patience: Duration = .seconds(30)
    private static let pause: Duration = .milliseconds(50)

    /// The data directory.
    let data: String

    /// The witness's verification key; a new witness of this name is made where there is none.
    func verificationKey(name: NoteKeyName?) async throws -> NoteVerificationKey {
        let key = try await ask(AdminRoutes.identityPath, name: name) { bytes in
            NoteVerificationKey(verifierKey: String(decoding: bytes.dropLast(), as: UTF8.self))
        } fromFiles: { $0.verificationKey }
        if let name, name != key.name { throw WitnessStoreError.pinned(name: key.name.text, asked: name.text) }
        return key
    }

    /// What the witness cosigned last of each log.
    func logs() async throws -> WitnessedLogList {
        guard FileManager.default.fileExists(atPath: data) else {
            throw CommandFailure(
                "there is no witness in \(data)", hint: "name its directory with --data or PORTES_DATA")
        }
        return try await ask(AdminRoutes.logsPath, name: nil) {
            WitnessedLogList(decoding: $0)
        } fromFiles: { WitnessedLogList(try $0.logsBlocking()) }
    }

    private func ask<Answer: Sendable>(
        _ path: String, name: NoteKeyName?, fromSocket: ([UInt8]) -> Answer?,
        fromFiles: @escaping @Sendable (WitnessDatabase) throws -> Answer
    ) async throws -> Answer {
        let end = ContinuousClock.now + Self.patience
        while true {
            do {
                return try await OffPool.run { [data] in
                    let database = try WitnessDatabase(atPath: data, name: name)
                    let answer = Result { try fromFiles(database) }
                    try database.close()
                    return try answer.get()
                }
            } catch let locked as StoreError {
                guard case .locked = locked else { throw locked }
            }
            do {
                guard let answer = fromSocket(try await get(path)) else {
                    throw CommandFailure(
                        "the running witness gave no answer that this program understands",
                        hint: "run the command of the same version as the witness")
                }
                return answer
            } catch HTTPTransportError.refused where ContinuousClock.now < end {
                // Who has the lock has no socket: a short command, or a server that does not listen yet.
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func get(_ path: String) async throws -> [UInt8] {
        let transport = try HTTPTransport()
        let result: Result<HTTPTransportResponse, HTTPTransportError>
        do {
            result = .success(
                try await transport.send(
                    HTTPTransportRequest(.get, .unixSocket(path: DataDirectory.socketPath(in: data), uri: path))))
        } catch {
            result = .failure(error)
        }
        await transport.shutdown()
        let response = try result.get()
        return response.status == 200 ? response.body : []
    }
}
