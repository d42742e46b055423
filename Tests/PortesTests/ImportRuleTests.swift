import Foundation
import Testing

/// The privacy rule: no module sees both issuance and redemption, and each module imports only what it may.
@Suite struct ImportRuleTests {
    private static let issuanceSide: Set = ["Attestation", "Issuance", "AuthorityKeys", "AuthorityStore", "AuthorityServer"]
    private static let redemptionSide: Set = ["PortesVerifier", "Clearing", "ClearingStore", "ClearingServer"]

    /// What a module must never import itself.
    private static let forbidden: [String: Set<String>] = [
        "LibSodium": ["Foundation", "FoundationEssentials"],
        "VOPRF": ["CSodium", "Foundation", "FoundationEssentials"],
        "PrivacyPass": ["Hummingbird", "GRDB", "AsyncHTTPClient"],
        "Issuance": ["Attestation"],
        "AuthorityStore": ["Hummingbird"],
        "ClearingStore": ["Hummingbird"],
        "AuthorityServer": ["VOPRF", "LibSodium", "CSodium"],
        "ClearingServer": ["VOPRF", "LibSodium", "CSodium"],
        "PortesVerifier": ["GRDB", "Hummingbird"],
        "PortesClient": ["GRDB", "Hummingbird", "AsyncHTTPClient"],
    ]

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
        let sources = root.appending(path: "Sources")
        var imports: [String: Set<String>] = [:]
        for module in try FileManager.default.contentsOfDirectory(atPath: sources.path) {
            let files = FileManager.default.enumerator(at: sources.appending(path: module), includingPropertiesForKeys: nil)
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                let text = try String(contentsOf: file, encoding: .utf8)
                imports[module, default: []].formUnion(text.split(separator: "\n").compactMap(importedModule))
            }
        }
        return imports
    }

    private static func importedModule(_ line: Substring) -> String? {
        let expression = /\s*(?:@\w+\s+)*(?:(?:public|package|internal|fileprivate|private)\s+)?import\s+(?:(?:struct|class|enum|func|protocol|typealias|let|var)\s+)?(\w+).*/
        return line.wholeMatch(of: expression).map { String($0.1) }
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
