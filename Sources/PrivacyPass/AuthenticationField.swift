/// One challenge or one set of credentials of an HTTP authentication field (RFC 9110, section 11).
///
/// Reads `WWW-Authenticate` and `Authorization` as they are found: several challenges in one field, schemes mixed,
/// values quoted or not, and bare base64 values that end in `=` although RFC 9110 asks for quotes there.
package struct AuthenticationField: Equatable {
    /// The scheme in lower case.
    package let scheme: String
    /// The parameters in order, names in lower case.
    package private(set) var parameters: [Parameter] = []

    package struct Parameter: Equatable {
        package let name: String
        package let value: String
    }

    /// The first parameter of a name.
    package func value(of name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// Everything that can be read in a field's value; what cannot is passed over up to the next comma.
    package static func parse(_ text: String) -> [AuthenticationField] {
        var scanner = FieldScanner(Array(text.utf8))
        var fields: [AuthenticationField] = []
        while scanner.skipSeparators() {
            guard let word = scanner.token() else {
                scanner.skipToComma()
                continue
            }
            if let value = scanner.assignedValue() {
                // A parameter with no scheme before it belongs to nothing.
                guard !fields.isEmpty else { continue }
                fields[fields.count - 1].parameters.append(Parameter(name: word.lowercased(), value: value))
            } else if scanner.isAtEndOfWord {
                fields.append(AuthenticationField(scheme: word.lowercased()))
                scanner.skipToken68()
            } else {
                scanner.skipToComma()
            }
        }
        return fields
    }
}
