import Foundation

/// The `import` lines below `Sources/`.
enum SourceTree {
    /// The package's folder, from the place of this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each module imports; read once.
    static func graph() throws -> ImportGraph { ImportGraph(imports: try allImports.get()) }

    private static let allImports = Result { try readImports() }

    private static func readImports() throws -> [String: Set<String>] {
        try files().reduce(into: [:]) { imports, file in
            let module = String(file.path.prefix { $0 != "/" })
            imports[module, default: []].formUnion(importedModules(in: file.text))
        }
    }

    /// The Swift files, with their paths below `Sources/`.
    static func files() throws -> [(path: String, text: String)] {
        let sources = root.appending(path: "Sources")
        return try FileManager.default.subpathsOfDirectory(atPath: sources.path).filter { $0.hasSuffix(".swift") }
            .map { ($0, try String(contentsOf: sources.appending(path: $0), encoding: .utf8)) }
    }

    /// The modules that a source text imports, whatever stands before or after the name; several may share a line.
    static func importedModules(in text: String) -> Set<String> {
        let statements = text.split { $0.isNewline || $0 == ";" }
        return Set(statements.filter { $0.contains("import") }.compactMap(importedModule))
    }

    private static func importedModule(_ statement: Substring) -> String? {
        // An attribute's arguments may hold spaces, and nothing need stand between them and what follows.
        var rest = statement.replacing(/\/\*.*?\*\//, with: " ").replacing(/@\w+\s*(?:\([^)]*\))?/, with: " ")
            .split(whereSeparator: \.isWhitespace)[...]
        while let word = rest.first, word != "import" {
            guard ["public", "package", "internal", "fileprivate", "private", "open"].contains(word) else { return nil }
            rest.removeFirst()
        }
        rest = rest.dropFirst()
        let kinds: Set<Substring> = ["struct", "class", "enum", "actor", "protocol", "typealias", "func", "let", "var"]
        if let word = rest.first, kinds.contains(word) { rest.removeFirst() }
        // `import struct A.B` is an import of A.
        return rest.first.map { String($0.prefix { $0.isLetter || $0.isNumber || $0 == "_" }) }
    }
}
