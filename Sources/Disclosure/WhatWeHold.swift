internal import LibSodium
internal import PrivacyPass

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a server publishes of what it keeps: the same bytes for everyone, as JSON and as a page for people.
///
/// Tables that are declared together stand there once, under the declared name.
package struct WhatWeHold: Sendable, Hashable {
    /// As JSON.
    package let json: Rendering
    /// As a page of HTML.
    package let page: Rendering

    /// Bytes and what names them.
    package struct Rendering: Sendable, Hashable {
        /// The bytes.
        package let bytes: [UInt8]
        /// Their SHA-256 digest, 64 hexadecimal digits.
        package let digest: String

        init(_ bytes: [UInt8]) {
            self.bytes = bytes
            digest = Hexadecimal.encode(SHA256.hash(bytes).bytes)
        }
    }

    /// What is held, to be published.
    package init(_ held: HeldTables) throws {
        let document = Document(held)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        json = Rendering(Array(try encoder.encode(document)))
        page = Rendering(Array(DisclosurePage(document).text.utf8))
    }

    /// What both forms say.
    struct Document: Encodable {
        let holder: String
        let tables: [HeldTable]
        let besides: [StoreDeclaration.Besides]

        init(_ held: HeldTables) {
            holder = held.declaration.holder
            besides = held.declaration.besides
            var names: Set<String> = []
            tables = held.tables.filter { names.insert($0.declaredName).inserted }.map { table in
                HeldTable(
                    name: table.declaredName, declaredName: table.declaredName, purpose: table.purpose,
                    lifetime: table.lifetime, columns: table.columns)
            } + Document.tablesToCome(held.declaration, but: names)
        }

        /// Tables that are made as they are needed, and were not yet.
        private static func tablesToCome(_ declaration: StoreDeclaration, but names: Set<String>) -> [HeldTable] {
            declaration.tables.filter { $0.isPattern && !names.contains($0.name) }
                .map { HeldTable(LiveTable($0.name, columns: $0.columns.map(\.name)), $0) }
        }
    }
}
