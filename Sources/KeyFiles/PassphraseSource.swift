import Foundation
package import LibSodium

/// Where a passphrase comes from; it is read straight into guarded memory.
package enum PassphraseSource: Sendable, Hashable {
    /// The whole file, without one newline at its end; `/dev/fd/3` is what descriptor 3 still gives.
    case file(String)
    /// A credential that systemd gave this process, by its name: a file in `$CREDENTIALS_DIRECTORY`.
    case credential(String)
    /// One line typed on the terminal, which is not shown; a new passphrase is asked for twice.
    case terminal(question: String, isNew: Bool)

    /// The most bytes that a passphrase may have: 1,024.
    package static let largestCount = 1_024
    /// What the name of a credential stands behind in a setting.
    package static let credentialPrefix = "credential:"

    /// What a setting names: `credential:NAME`, or a file.
    package init(setting: String) {
        self =
            setting.hasPrefix(Self.credentialPrefix)
            ? .credential(String(setting.dropFirst(Self.credentialPrefix.count))) : .file(setting)
    }

    /// Reads the passphrase, 1 to 1,024 bytes; blocks. Throws ``PassphraseError``.
    package func read() throws -> SecretBytes {
        switch self {
        case .file(let path): return try Self.read(path)
        case .credential(let name):
            // A name with a slash would lead out of the directory.
            guard let directory = getenv("CREDENTIALS_DIRECTORY").map({ String(cString: $0) }), !directory.isEmpty,
                !name.isEmpty, !name.contains("/"), name != "." && name != ".."
            else { throw PassphraseError.noCredential(name: name) }
            do {
                return try Self.read(directory + "/" + name)
            } catch PassphraseError.unreadable(_, ENOENT) {
                throw PassphraseError.noCredential(name: name)
            }
        case .terminal(let question, let isNew):
            return try Self.ask(question, isNew: isNew) { try Terminal.readLine(prompt: $0) }
        }
    }

    /// Asks for a passphrase, and for a new one twice; `readLine` shows a prompt and gives what is typed.
    static func ask(
        _ question: String, isNew: Bool, _ readLine: (_ prompt: String) throws -> SecretBytes
    ) throws -> SecretBytes {
        let passphrase = try readLine(question + ": ")
        guard isNew else { return passphrase }
        let again = try readLine("the same passphrase again: ")
        guard ConstantTime.areEqual(passphrase, again) else { throw PassphraseError.mismatch }
        return passphrase
    }

    private static func read(_ path: String) throws -> SecretBytes {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw PassphraseError.unreadable(path: path, code: errno) }
        defer { close(file) }
        return try readAll(file, source: path)
    }

    private static func readAll(_ file: Int32, source: String) throws -> SecretBytes {
        // One byte more than is allowed, beside the newline, tells what is too long.
        var line = SecretLine(capacity: largestCount + 3)
        try line.fill(from: file, source: source)
        return try line.passphrase()
    }
}

/// Why there is no passphrase.
package enum PassphraseError: Error, Sendable, Hashable {
    /// The source gave nothing but a newline.
    case empty
    /// The source gave more than 1,024 bytes.
    case tooLong
    /// What was typed the second time differs.
    case mismatch
    /// There is no terminal to ask on.
    case noTerminal
    /// The prompt was ended with control-C.
    case cancelled
    /// The file could not be read; `code` is `errno`.
    case unreadable(path: String, code: Int32)
    /// systemd gave this process no credential of that name.
    case noCredential(name: String)
    /// The new passphrase is the one that is to be replaced.
    case unchanged
}

extension PassphraseError: CustomStringConvertible {
    /// One line for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .empty: "the passphrase is empty"
        case .tooLong: "the passphrase has more than \(PassphraseSource.largestCount) bytes"
        case .mismatch: "the two passphrases differ"
        case .noTerminal: "there is no passphrase and no terminal to ask for one"
        case .cancelled: "no passphrase was given"
        case .unreadable(let path, let code): "the passphrase cannot be read from \(path): \(SystemError.text(code))"
        case .noCredential(let name): "systemd gave this process no credential '\(name)'"
        case .unchanged: "the new passphrase is the same as the old one"
        }
    }

    /// What to do about it, or `nil` where there is nothing to add; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .noTerminal: "name a file with --passphrase-file or PORTES_PASSPHRASE_FILE"
        case .unreadable: "name a readable file with --passphrase-file or PORTES_PASSPHRASE_FILE"
        case .noCredential(let name):
            "put LoadCredential=\(name):FILE into the unit; with systemd-run: -p LoadCredential=\(name):FILE"
        case .unchanged: "nothing was changed: give another with --new-passphrase-file"
        case .empty, .tooLong, .mismatch, .cancelled: nil
        }
    }
}
