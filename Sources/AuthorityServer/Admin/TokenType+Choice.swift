package import PrivacyPass

extension TokenType {
    /// A hint that lists the types that can be chosen, for a setting written as `setting`, for example `--token-type`.
    package static func choice(_ setting: String) -> String {
        let choices = implemented.map { "\($0.rawValue) for \($0.name ?? "")" }
        return "\(setting) takes \(choices.joined(separator: ", "))"
    }
}
