import Foundation
import Testing

/// The privacy rule: no module sees both issuance and redemption, and each module imports only what it may.
@Suite struct ImportRuleTests {
    private static let clients: Set = ["Identity", "PortesClient", "PortesClientHTTP"]

    /// What reads or writes: nothing for a module that is a pure function of what it is given.
    private static let inputAndOutput: Set = [
        "AsyncHTTPClient", "Dispatch", "GRDB", "Glibc", "HTTPTransport", "Hummingbird", "KeyFiles", "Logging",
        "NIOCore", "NIOPosix", "SQLiteSupport", "ServerSupport",
    ]

    /// What a module must never import itself.
    private static let forbidden: [String: Set<String>] = [
        "LibSodium": ["Foundation", "FoundationEssentials"],
        "VOPRF": ["CSodium", "Foundation", "FoundationEssentials"],
        "P384VOPRF": inputAndOutput,
        "BlindRSA": inputAndOutput,
        "PrivacyPass": inputAndOutput,
        "JOSE": inputAndOutput,
        "KeySchedule": inputAndOutput,
        "Revocation": inputAndOutput,
        "Receipts": inputAndOutput,
        "Disclosure": inputAndOutput,
        "KeyDelivery": inputAndOutput,
        "SignIn": inputAndOutput,
        "Sessions": inputAndOutput,
        "Identity": inputAndOutput,
        "KeyTransparency": inputAndOutput,
        "Accounts": inputAndOutput,
        "Attestation": inputAndOutput,
        "Statements": inputAndOutput,
        "Issuance": inputAndOutput.union(["Attestation"]),
        "Witnessing": ["GRDB", "Hummingbird", "SQLiteSupport", "ServerSupport"],
        "WitnessStore": ["Hummingbird", "HTTPTransport", "ServerSupport"],
        "WitnessServer": ["GRDB", "HTTPTransport"],
        "SQLiteSupport": ["Hummingbird", "AsyncHTTPClient", "HTTPTransport", "ServerSupport"],
        "AuthorityStore": ["Hummingbird"],
        "ClearingStore": ["Hummingbird"],
        "SignInStorage": ["Hummingbird"],
        "OriginStorage": ["Hummingbird"],
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
        let graph = try SourceTree.graph()
        #expect(graph.imports["AuthorityServer"]?.contains("AuthorityStore") == true, "the imports were not read")
        for module in graph.crossings.sorted() {
            Issue.record("\(module) sees both sides: \(graph.closure(of: module).sorted().joined(separator: ", "))")
        }
    }

    @Test(arguments: [
        ([:], []),
        (["JOSE": ["Issuance"]], []),
        (["Clearing": ["Issuance"]], ["Clearing", "ClearingServer"]),
        (["Shared": ["Issuance", "PortesVerifier"]], ["Shared"]),
        (["ClearingServer": ["Clearing", "Bridge"], "Bridge": ["Span"], "Span": ["Attestation"]], ["ClearingServer"]),
        (["portes": ["Clearing", "Issuance"]], []),
    ] as [([String: Set<String>], Set<String>)])
    func aCrossingIsFoundHoweverLongItsWay(added: [String: Set<String>], crossings: Set<String>) {
        let sound: [String: Set<String>] = [
            "Issuance": ["VOPRF"], "AuthorityServer": ["Issuance"], "Clearing": ["PortesVerifier"],
            "ClearingServer": ["Clearing"], "PortesVerifier": ["VOPRF"], "PortesClient": ["VOPRF"],
        ]
        #expect(ImportGraph(imports: sound.merging(added) { $0.union($1) }).crossings == crossings)
    }

    @Test func noClientModuleSeesEitherSide() throws {
        let graph = try SourceTree.graph()
        #expect(Self.clients.isSubset(of: graph.imports.keys), "the imports were not read")
        #expect(graph.clientsThatSeeASide(Self.clients).isEmpty)
    }

    /// A witness is run by others and knows nothing of tokens.
    @Test func noWitnessModuleSeesEitherSide() throws {
        let witness: Set = ["Witnessing", "WitnessStore", "WitnessServer"]
        let graph = try SourceTree.graph()
        #expect(witness.isSubset(of: graph.imports.keys), "the imports were not read")
        #expect(graph.clientsThatSeeASide(witness).isEmpty)
    }

    @Test(arguments: ["Issuance", "ClearingStore"])
    func aClientThatSeesASideIsFound(side: String) {
        let direct = ImportGraph(imports: ["PortesClient": [side], "PortesClientHTTP": ["HTTPTransport"]])
        #expect(direct.clientsThatSeeASide(Self.clients) == ["PortesClient"])
        let indirect = ImportGraph(imports: ["PortesClientHTTP": ["Bridge"], "Bridge": [side]])
        #expect(indirect.clientsThatSeeASide(Self.clients) == ["PortesClientHTTP"])
    }

    @Test func eachModuleKeepsToWhatItMayImport() throws {
        let graph = try SourceTree.graph()
        for (module, names) in Self.forbidden {
            let found = graph.forbiddenImports(of: module, names)
            #expect(found.isEmpty, "\(module) imports \(found.sorted().joined(separator: ", "))")
        }
        for module in graph.imports.keys where module != "LibSodium" {
            #expect(graph.forbiddenImports(of: module, ["CSodium"]).isEmpty, "\(module) imports CSodium")
        }
        // Whatever reads other parties' tokens stays in one place.
        for module in graph.imports.keys where module != "Statements" {
            #expect(graph.forbiddenImports(of: module, ["JWTKit"]).isEmpty, "\(module) imports JWTKit")
        }
    }

    @Test func anImportThatIsForbiddenIsFound() {
        let graph = ImportGraph(imports: ["VOPRF": ["LibSodium", "Foundation"], "JOSE": ["VOPRF"]])
        #expect(graph.forbiddenImports(of: "VOPRF", ["CSodium", "Foundation"]) == ["Foundation"])
        #expect(graph.forbiddenImports(of: "JOSE", ["Foundation"]).isEmpty, "what it imports itself counts")
    }

    /// FoundationEssentials is a module of its own on Linux only.
    @Test func foundationEssentialsIsImportedOnlyWhereItExists() throws {
        let guarded =
            /#if canImport\((FoundationEssentials)\)\n(\w+ )?import \1\n#else\n(\w+ )?import Foundation\n#endif\n/
        var count = 0
        for (file, text) in try SourceTree.files() where text.contains("import FoundationEssentials") {
            let match = text.firstMatch(of: guarded)
            let isBare = text.replacing(guarded, with: "").contains("import FoundationEssentials")
            #expect(!isBare && match?.2 == match?.3, "\(file)")
            count += 1
        }
        #expect(count > 0, "no file was read")
    }
}
