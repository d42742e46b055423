import Foundation

/// Where rows of a table without row ids lie in a database file: in which page, and where in it.
///
/// Reads the file format itself (sqlite.org/fileformat2.html): SQLite says no such thing, and a thief would look. New
/// cells are written from a page's end towards its beginning, so that the place in the page could be a clock.
struct PageReader {
    private let file: [UInt8]
    private let pageSize: Int

    init(_ file: [UInt8]) {
        self.file = file
        let size = Int(file[16]) << 8 | Int(file[17])
        pageSize = size == 1 ? 65_536 : size
    }

    /// For each row's first column, a blob, the rank of its cell in its page, from 0 for the one written first, as far
    /// as the place tells, to 1 for the last.
    func ages(root: Int) -> [[UInt8]: Double] {
        var ages: [[UInt8]: Double] = [:]
        var pages = [root]
        while let page = pages.popLast() {
            let start = (page - 1) * pageSize
            let header = start + (page == 1 ? 100 : 0)
            let isInterior = file[header] == 2
            precondition(isInterior || file[header] == 10, "no page of a table without row ids")
            let count = integer(header + 3, 2)
            let first = header + (isInterior ? 12 : 8)
            if isInterior { pages.append(integer(header + 8, 4)) }
            let cells = (0..<count).map { start + integer(first + 2 * $0, 2) }
            if isInterior { pages += cells.map { integer($0, 4) } }
            for (rank, cell) in cells.sorted(by: >).enumerated() {
                ages[key(cell + (isInterior ? 4 : 0))] = count > 1 ? Double(rank) / Double(count - 1) : 0.5
            }
        }
        return ages
    }

    /// The first column of a record.
    private func key(_ cell: Int) -> [UInt8] {
        var place = cell
        _ = variable(&place)
        let header = place
        let headerCount = variable(&place)
        // A blob's type is 12 and twice its length.
        let count = (variable(&place) - 12) / 2
        let body = header + headerCount
        return Array(file[body..<(body + count)])
    }

    private func integer(_ place: Int, _ count: Int) -> Int {
        file[place..<(place + count)].reduce(0) { $0 << 8 | Int($1) }
    }

    private func variable(_ place: inout Int) -> Int {
        var value = 0
        while true {
            let byte = file[place]
            place += 1
            value = value << 7 | Int(byte & 0x7f)
            if byte < 0x80 { return value }
        }
    }
}
