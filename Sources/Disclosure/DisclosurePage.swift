/// A page for people: a table of HTML for each table of the database, nothing that runs or is fetched.
struct DisclosurePage {
    let text: String

    init(_ document: WhatWeHold.Document) {
        let besides = document.besides.map { Self.row([$0.name, $0.purpose, $0.lifetime]) }.joined()
        text = """
            <!DOCTYPE html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width">
            <title>What \(Self.escaped(document.holder)) holds</title>
            <style>
            body { font: 1rem/1.5 sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
            table { border-collapse: collapse; width: 100% }
            th, td { border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left; vertical-align: top }
            </style>
            <h1>What \(Self.escaped(document.holder)) holds</h1>
            <p>Every table and column of its database, as it is on the disk now. Nothing else is kept, but for what \
            stands at the end.</p>
            \(document.tables.map(Self.section).joined())<h2>Besides the database</h2>
            <table><tr><th>What</th><th>Purpose</th><th>Kept</th></tr>
            \(besides)</table>
            </html>

            """
    }

    private static func section(_ table: HeldTable) -> String {
        let rows = table.columns.map { row([$0.name, $0.purpose ?? undeclared, $0.lifetime ?? undeclared]) }.joined()
        return """
            <h2>\(escaped(table.name))</h2>
            <p>\(escaped(table.purpose ?? undeclared)).</p>
            <table><tr><th>Column</th><th>Purpose</th><th>Kept</th></tr>
            \(rows)</table>

            """
    }

    private static let undeclared = "not declared"

    private static func row(_ cells: [String]) -> String {
        "<tr>" + cells.map { "<td>\(escaped($0))</td>" }.joined() + "</tr>\n"
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            default: result.unicodeScalars.append(character)
            }
        }
        return result
    }
}
