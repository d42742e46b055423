import Foundation
import PortesClient

/// An exported log in a directory, as if a server served it.
struct LogDirectory: TokenTransport {
    private let root: URL

    /// The log in the directory at a path or `file://` URL: its checkpoint is there, or in `log` below it; `nil` for
    /// anything else.
    init?(_ text: String) {
        let root: URL
        if text.hasPrefix("file://"), let url = URL(string: text), url.host() == nil || url.host() == "" {
            root = url
        } else {
            guard !text.contains("://") else { return nil }
            root = URL(filePath: text)
        }
        var isDirectory: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root.path, isDirectory: &isDirectory), isDirectory.boolValue
        else { return nil }
        let below = root.appending(path: "log")
        let isBelow = FileManager.default.fileExists(atPath: below.appending(path: "checkpoint").path)
        self.root = isBelow ? below : root
    }

    /// The file of a request's path: 404 where there is none; throws ``TransportFailure`` for one that is too long.
    func send(_ request: TransportRequest) async throws -> TransportResponse {
        let file = root.appending(path: request.url).path
        return try await OffPool.run {
            // A pipe or a device would keep whoever reads it waiting.
            guard let attributes = try? FileManager.default.attributesOfItem(atPath: file),
                attributes[.type] as? FileAttributeType == .typeRegular
            else {
                return TransportResponse(status: 404, headers: [], body: [])
            }
            do {
                let body = try BoundedInput.read(file, limit: request.maximumResponseCount)
                return TransportResponse(status: 200, headers: [], body: body)
            } catch let error as CommandFailure {
                throw TransportFailure(error.message, hint: error.hint)
            }
        }
    }
}
