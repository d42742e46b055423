import Foundation
import Testing

/// A token type is added in one file and one line of a table: nothing else knows which there are.
@Suite struct TokenTypeNameTests {
    /// Where a type is named all the same: in what shows, measures and checks certain types.
    private static let showing = ["portes/Bench/", "portes/Conformance/", "portes/Demo/"]

    /// Key files of that type have the form that all had before there were others.
    private static let earlier = "Issuance/IssuerSecret.swift"

    @Test func noFileButThatOfItsSchemeNamesAType() throws {
        let names = [".blindRSA2048", ".voprfP384", ".voprfRistretto255"]
        let naming = try SourceTree.files().filter { file in
            let code = file.text.split(separator: "\n").filter { !$0.trimmingPrefix { $0 == " " }.hasPrefix("//") }
            return names.contains { name in code.contains { $0.contains(name) } }
        }.map(\.path)
        let elsewhere = naming.filter { path in
            !path.hasPrefix("PrivacyPass/Schemes/") && !Self.showing.contains { path.hasPrefix($0) }
        }
        #expect(elsewhere == [Self.earlier])
    }
}
