import ClearingStore
import PortesClient

/// Settings that several commands of a clearing server take.
enum ClearingSettings {
    /// The authority's URL.
    static func issuerURL(_ flag: String?, _ file: String?) throws -> String {
        let text = try Setting.required(flag, flagName: "--issuer", variable: "PORTES_ISSUER", file: file)
        do {
            return try ServerURL(text).text
        } catch {
            throw CommandFailure.usage(
                "--issuer does not take '\(text)'",
                hint: "give https://HOST or, on this machine, http://127.0.0.1:PORT")
        }
    }

    /// The key that the authority signs with, if one was given.
    static func pinnedKey(_ flag: String?, _ file: String?) throws -> AuthorityKey? {
        guard let text = Setting.value(flag, variable: "PORTES_AUTHORITY_KEY", file: file) else { return nil }
        guard let key = AuthorityKey(text: text) else {
            throw CommandFailure.usage(
                "--authority-key does not take that: it is no key",
                hint: "copy the 43 characters that portes authority show --key prints at the authority")
        }
        return key
    }

    /// The data directory.
    static func data(_ flag: String?, _ file: String?) -> String {
        Setting.value(flag, variable: "PORTES_DATA", file: file) ?? DefaultDirectory.clearingData
    }
}
