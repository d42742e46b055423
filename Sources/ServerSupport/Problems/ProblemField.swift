package import HTTPTypes

extension HTTPField.Name {
    /// The name of the problem that a response is about, as it stands at the end of the problem document's `type`.
    // A token of RFC 9110; any field does for a name that is none.
    package static let portesProblem = HTTPField.Name("Portes-Problem") ?? .from
}
