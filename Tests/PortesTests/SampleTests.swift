import Foundation
import Testing

/// The sample that an app developer reads is the one that is built.
@Suite struct SampleTests {
    @Test(arguments: ["FetchAndSpend", "VerifyAndSpend", "ProtectARoute"])
    func theReadmeShowsTheSnippetThatIsBuilt(name: String) throws {
        let readme = try String(contentsOf: SourceTree.root.appending(path: "README.md"), encoding: .utf8)
        let snippet = try String(
            contentsOf: SourceTree.root.appending(path: "Snippets/\(name).swift"), encoding: .utf8)
        let code = try #require(snippet.firstRange(of: "import ")).lowerBound
        #expect(readme.contains("```swift\n\(snippet[code...])```\n"))
    }
}
