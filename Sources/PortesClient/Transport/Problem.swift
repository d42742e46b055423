#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// What a server says about a failed request (RFC 9457); what is not in the form expected counts as absent.
struct Problem {
    /// The name after `urn:portes:problem:` in the member `type`; where the body is no such document, as one that a
    /// proxy put in its place, the name in the field `Portes-Problem`.
    let name: String?

    /// What every problem's type begins with in servers of this project.
    static let typePrefix = "urn:portes:problem:"

    /// The problem in a response.
    init(_ response: TransportResponse) {
        guard response.mediaType == "application/problem+json",
            let document = try? JSONDecoder().decode(Document.self, from: Data(response.body)),
            document.type.hasPrefix(Problem.typePrefix)
        else {
            let named = response.values(of: "portes-problem")
            // Two that differ say nothing.
            name = response.status >= 400 && Set(named).count == 1 ? named.first : nil
            return
        }
        name = String(document.type.dropFirst(Problem.typePrefix.count))
    }

    private struct Document: Decodable {
        let type: String
    }
}
