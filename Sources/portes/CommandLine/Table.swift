/// Columns of text, each as wide as its widest cell.
struct Table {
    private let rows: [[String]]

    /// A table with a line of titles.
    init(_ titles: [String], _ rows: [[String]]) { self.rows = [titles] + rows }

    /// The lines, without spaces at their ends.
    var lines: [String] {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = zip(row, widths).map { cell, width in cell + String(repeating: " ", count: width - cell.count) }
            let line = cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }

    /// Prints the lines to standard output; throws ``OutputFailure``.
    func print() throws { try Output.data(lines.joined(separator: "\n")) }
}
