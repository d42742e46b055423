import KeyTransparency
import Testing

struct TileTests {
    @Test(arguments: [
        (Tile(.hashes(level: 0), index: 0), "tile/0/000"),
        (Tile(.hashes(level: 1), index: 1_234_067), "tile/1/x001/x234/067"),
        (Tile(.hashes(level: 2), index: 5, width: 1), "tile/2/005.p/1"),
        (Tile(.entries, index: 273, width: 112), "tile/entries/273.p/112"),
        (Tile(.entries, index: 1_000), "tile/entries/x001/000"),
    ])
    func pathsAreThoseOfTheSpecification(tile: Tile?, path: String) throws {
        #expect(try #require(tile).path == path)
        #expect(Tile(path: path) == tile)
    }

    @Test(arguments: [
        "", "tile", "tile/0", "tile/0/00", "tile/0/0000", "tile/00/000", "tile/8/000", "tile/-1/000", "tile/0/x000",
        "tile/0/001/000", "tile/0/x001/x000", "tile/0/000.p/0", "tile/0/000.p/256", "tile/0/000.p/01", "tile/0/000.p/",
        "tile/0/000.p", "tile/entry/000", "tile/0/x000/001", "tile/0/../000", "/tile/0/000", "tile/0/000/", "tile//000",
        "tile/0/x999/x999/x999/x999/x999/x999/999", "tile/0/+01", "tile/+0/000",
    ])
    func otherPathsAreNone(path: String) {
        #expect(Tile(path: path) == nil)
    }

    @Test func widthsAreThoseOfTheSpecificationsExample() {
        func widths(_ kind: Tile.Kind) -> [Int] {
            var widths: [Int] = []
            while case let width = Tile.width(kind, index: UInt64(widths.count), size: 70_000), width > 0 {
                widths.append(width)
            }
            return widths
        }
        #expect(widths(.hashes(level: 0)) == Array(repeating: 256, count: 273) + [112])
        #expect(widths(.entries) == widths(.hashes(level: 0)))
        #expect(widths(.hashes(level: 1)) == [256, 17])
        #expect(widths(.hashes(level: 2)) == [1])
        #expect(Tile.width(.hashes(level: 1), index: 0, size: 256) == 1)
        #expect(Tile.width(.hashes(level: 7), index: .max, size: .max) == 0)
    }

    @Test func aBundleComesBackAsItsEntries() throws {
        let entries: [[UInt8]] = [[], [1], Array(repeating: 7, count: 65_535)]
        let bytes = try #require(EntryBundle.encode(entries))
        #expect(try EntryBundle.decode(bytes, width: 3) == entries)
        #expect(EntryBundle.encode([Array(repeating: 7, count: 65_536)]) == nil)
        #expect(throws: NoteError.malformed) { try EntryBundle.decode(bytes, width: 2) }
        #expect(throws: NoteError.malformed) { try EntryBundle.decode(bytes, width: 4) }
        #expect(throws: NoteError.malformed) { try EntryBundle.decode(bytes.dropLast(), width: 3) }
    }
}
