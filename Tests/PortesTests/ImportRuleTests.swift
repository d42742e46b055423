import Foundation
import Testing

/// The privacy rule: no module sees both issuance and redemption, and each module imports only what it may.
@Suite struct ImportRuleTests {
    private static let issuanceSide: Set = ["Attestation", "Issuance", "AuthorityKeys", "AuthorityStore", "AuthorityServer"]
    private static let redemptionSide: Set = ["PortesVerifier", "Clearing", "ClearingStore", "ClearingServer"]

    /// What reads or writes: nothing for a module that is a pure function of what it is given.
    private static let inputAndOutput: Set = [
        "AsyncHTTPClient", "Dispatch", "GRDB", "Glibc", "HTTPTransport", "Hummingbird", "KeyFiles", "Logging",
        "NIOCore", "NIOPosix", "SQLiteSupport", "ServerSupport",
    ]

    /// What a module must never import itself.
    private static let forbidden: [String: Set<String>] = [
        "LibSodium": ["Foundation", "FoundationEssentials"],
        "VOPRF": ["CSodium", "Foundation", "FoundationEssentials"],
        "PrivacyPass": inputAndOutput,
        "JOSE": inputAndOutput,
        "KeySchedule": inputAndOutput,
        "Revocation": inputAndOutput,
        "Receipts": inputAndOutput,
        "KeyDelivery": inputAndOutput,
        "Attestation": inputAndOutput,
        "Issuance": inputAndOutput.union(["Attestation"]),
        "SQLiteSupport": ["Hummingbird", "AsyncHTTPClient", "HTTPTransport", "ServerSupport"],
        "AuthorityStore": ["Hummingbird"],
        "ClearingStore": ["Hummingbird"],
        "AuthorityServer": ["VOPRF", "LibSodium", "CSodium"],
        "ClearingServer": ["VOPRF", "LibSodium", "CSodium"],
        "PortesVerifier": inputAndOutput,
        "PortesClient": ["GRDB", "Hummingbird", "AsyncHTTPClient"],
    ]

    @Test(arguments: [
        ("import A", ["A"]), ("  import A // B", ["A"]), ("public import A", ["A"]), ("@testable import A", ["A"]),
        ("@_spi(X) import A", ["A"]), ("@_spi(X)import A", ["A"]), ("@_spi(X, Y) public import A", ["A"]),
        ("internal @preconcurrency import A", ["A"]), ("@preconcurrency internal import A", ["A"]),
        ("import A; import B", ["A", "B"]), ("import struct A.B", ["A"]), ("internal import func A.b", ["A"]),
        ("import A.B", ["A"]), ("/* why */ import A", ["A"]), ("@_exported @_spi(X)\timport A", ["A"]),
        ("import A\nlet b = 1\nimport C", ["A", "C"]), ("// import A", []), ("/// import A", []), ("important A", []),
        ("let a = \"import A\"", []),
    ])
    func anImportIsFoundHoweverItIsWritten(text: String, modules: [String]) {
        #expect(SourceTree.importedModules(in: text) == Set(modules))
    }

    @Test func noModuleSeesBothIssuanceAndRedemption() throws {
        let imports = try SourceTree.imports()
        #expect(imports["AuthorityServer"]?.contains("AuthorityStore") == true, "the imports were not read")
        for module in imports.keys where module != "portes" {
            let seen = SourceTree.closure(of: module, in: imports)
            let crossing = !seen.isDisjoint(with: Self.issuanceSide) && !seen.isDisjoint(with: Self.redemptionSide)
            #expect(!crossing, "\(module) sees both sides: \(seen.sorted().joined(separator: ", "))")
        }
    }

    @Test func noClientModuleSeesEitherSide() throws {
        let imports = try SourceTree.imports()
        for module in ["PortesClient", "PortesClientHTTP"] {
            let seen = SourceTree.closure(of: module, in: imports)
            #expect(seen.isDisjoint(with: Self.issuanceSide.union(Self.redemptionSide)), "\(module)")
        }
    }

    @Test func eachModuleKeepsToWhatItMayImport() throws {
        let imports = try SourceTree.imports()
        for (module, names) in Self.forbidden {
            let found = names.intersection(imports[module] ?? [])
            #expect(found.isEmpty, "\(module) imports \(found.sorted().joined(separator: ", "))")
        }
        for module in imports.keys where module != "LibSodium" {
            #expect(imports[module]?.contains("CSodium") != true, "\(module) imports CSodium")
        }
    }

    /// FoundationEssentials is a module of its own on Linux only.
    @Test func foundationEssentialsIsImportedOnlyWhereItExists() throws {
        let guarded = /#if canImport\(FoundationEssentials\)\n(\w+ )?import FoundationEssentials\n#else\n(\w+ )?import Foundation\n#endif\n/
        var count = 0
        for (file, text) in try SourceTree.files() where text.contains("import FoundationEssentials") {
            let match = text.firstMatch(of: guarded)
            let isBare = text.replacing(guarded, with: "").contains("import FoundationEssentials")
            #expect(!isBare && match?.1 == match?.2, "\(file)")
            count += 1
        }
        #expect(count > 0, "no file was read")
    }
}

/// The `import` lines below `Sources/`.
enum SourceTree {
    /// The package's folder, from the place of this file.
    static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// What each module imports; read once.
    static func imports() throws -> [String: Set<String>] { try allImports.get() }

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

    /// A module and everything that it imports, directly or not.
    static func closure(of module: String, in imports: [String: Set<String>]) -> Set<String> {
        var seen: Set<String> = []
        var waiting = [module]
        while let next = waiting.popLast() {
            if seen.insert(next).inserted { waiting += imports[next] ?? [] }
        }
        return seen
    }
}
