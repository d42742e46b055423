package import KeyTransparency

/// The files of a key log, wherever they are served (C2SP tlog-tiles), each no longer than it can be.
///
/// No request says what was seen before: none has a tag or a date, as such could be a name that the server gave to one
/// client.
package struct KeyLogSource: Sendable {
    /// Where the log is, with a slash at the end.
    package let prefix: String
    private let transport: any TokenTransport

    /// The log below a URL.
    package init(prefix: String, transport: any TokenTransport) {
        self.prefix = prefix
        self.transport = transport
    }

    /// The log at a URL: of an issuer if that has no path, else the place of the checkpoint and the tiles.
    package init(url text: String, transport: any TokenTransport) throws(ServerURL.URLError) {
        let server = try ServerURL(prefixOf: text)
        let path = text.dropFirst(server.text.count)
        guard text.hasPrefix(server.text), path.isEmpty || path.hasPrefix("/"), !path.contains(where: "?#\\".contains)
        else { throw .malformed }
        let isBare = path.isEmpty || path == "/"
        self.init(
            prefix: server.text + (isBare ? "/log/" : path.hasSuffix("/") ? path : path + "/"), transport: transport)
    }

    /// The log of an issuer.
    init(issuer: ServerURL, transport: any TokenTransport) {
        self.init(prefix: issuer.appending(path: "/log/"), transport: transport)
    }

    /// The checkpoint as it is now.
    package func checkpoint() async throws(KeyLogRefusal) -> SignedNote {
        let path = "checkpoint"
        let bytes = try await get(path, type: "text/plain", limit: SignedNote.maximumCount)
        guard let note = try? SignedNote(decoding: bytes) else { throw .malformed(path: path) }
        return note
    }

    /// The key that the log says is its own.
    package func key() async throws(KeyLogRefusal) -> NoteVerificationKey {
        let path = "key"
        let bytes = try await get(path, type: "text/plain", limit: 512)
        guard var text = String(validating: bytes, as: UTF8.self) else { throw .malformed(path: path) }
        if text.hasSuffix("\n") { text.removeLast() }
        guard let key = NoteVerificationKey(verifierKey: text), key.type == .ed25519 else {
            throw .malformed(path: path)
        }
        return key
    }

    /// The bytes of a tile of hashes: 32 for each.
    package func hashes(_ tile: Tile) async throws(KeyLogRefusal) -> [UInt8] {
        do throws(KeyLogRefusal) {
            let bytes = try await get(tile.path, limit: tile.width * 32)
            guard bytes.count == tile.width * 32 else { throw KeyLogRefusal.malformed(path: tile.path) }
            return bytes
        } catch .notServed(let path, 404) where tile.width < Tile.fullWidth {
            // As with bundles.
            guard let full = Tile(tile.kind, index: tile.index) else { throw .notServed(path: path, status: 404) }
            return Array(try await hashes(full).prefix(tile.width * 32))
        }
    }

    /// The entries of a log of `size` from a place on.
    ///
    /// Bundles are taken whole, from the one on that holds the first entry asked for.
    package func entries(from start: UInt64, to size: UInt64) async throws(KeyLogRefusal) -> [[UInt8]] {
        guard start < size else { return [] }
        let width = UInt64(Tile.fullWidth)
        var entries: [[UInt8]] = []
        for index in start / width...(size - 1) / width {
            entries += try await bundle(index, width: Tile.width(.entries, index: index, size: size))
        }
        return Array(entries.dropFirst(Int(start % width)))
    }

    private func bundle(_ index: UInt64, width: Int) async throws(KeyLogRefusal) -> [[UInt8]] {
        guard let tile = Tile(.entries, index: index, width: width), let full = Tile(.entries, index: index) else {
            throw .malformed(path: "tile/entries")
        }
        do {
            return try await bundle(tile)
        } catch .notServed(_, 404) where width < Tile.fullWidth {
            // The log grew since the checkpoint was made, and only the full bundle is left (C2SP tlog-tiles).
            return Array(try await bundle(full).prefix(width))
        }
    }

    private func bundle(_ tile: Tile) async throws(KeyLogRefusal) -> [[UInt8]] {
        let bytes = try await get(tile.path, limit: tile.width * (2 + LogEntry.maximumCount))
        guard let entries = try? EntryBundle.decode(bytes, width: tile.width) else {
            throw .malformed(path: tile.path)
        }
        return entries
    }

    private func get(
        _ path: String, type: String = "application/octet-stream", limit: Int
    ) async throws(KeyLogRefusal) -> [UInt8] {
        let request = TransportRequest(
            .get, url: prefix + path, headers: [HeaderField("accept", type)], maximumResponseCount: limit)
        let response: TransportResponse
        do {
            response = try await transport.send(request)
        } catch {
            throw .unreachable(TransportFailure(error))
        }
        guard response.status == 200 else { throw .notServed(path: path, status: response.status) }
        // A transport that an app brings might not keep to the limit.
        guard response.body.count <= limit else { throw .malformed(path: path) }
        return response.body
    }
}
