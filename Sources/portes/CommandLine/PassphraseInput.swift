import KeyFiles

/// Where the passphrase of a command comes from.
struct PassphraseInput: Sendable {
    /// A file, `credential:NAME`, or `nil` to ask on the terminal.
    let setting: String?

    /// The source; warns of a file that others may read, which is called `name`.
    func source(called name: String = "the passphrase", question: String, isNew: Bool = false) -> PassphraseSource {
        guard let setting else { return .terminal(question: question, isNew: isNew) }
        let source = PassphraseSource(setting: setting)
        if case .file(let path) = source { PrivateFile.warn(of: path, called: name) }
        return source
    }

    /// The source of the passphrase of the key directory at `path`; of a new one it is asked twice.
    func source(forKeysAt path: String) -> PassphraseSource {
        let isNew = !KeyDirectory.exists(at: path)
        return source(
            question: isNew ? "a passphrase for the new key directory \(path)" : "the passphrase of \(path)",
            isNew: isNew)
    }

    /// Opens the key directory at `path`, or makes it; takes about a second.
    func openKeys(at path: String) throws -> KeyDirectory {
        let passphrase = try source(forKeysAt: path).read()
        return try Progress.during("deriving the key from the passphrase") { _ in
            try KeyDirectory(path, passphrase: passphrase)
        }
    }
}
