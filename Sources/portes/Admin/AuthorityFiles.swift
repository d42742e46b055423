import AuthorityKeys
import AuthorityServer
import Foundation
import KeyFiles
import PrivacyPass
import SQLiteSupport

/// The directories of an authority, which a command or a server opens; every call blocks.
struct AuthorityFiles: Sendable {
    let data: String
    let keys: String
    /// Where the passphrase comes from, see ``PassphraseInput``; `nil` to ask on the terminal.
    let passphraseFile: String?
    /// The key directory, where the command has opened it already.
    var openedKeys: KeyDirectory?

    init(data: String, keys: String, passphraseFile: String?) {
        (self.data, self.keys, self.passphraseFile) = (data, keys, passphraseFile)
    }

    /// The directories that the options of an admin command name.
    init(_ options: AdminOptions) throws {
        let file = try options.file()
        self.init(
            data: Setting.value(options.data, variable: "PORTES_DATA", file: file?.data)
                ?? DefaultDirectory.authorityData,
            keys: Setting.value(options.keys, variable: "PORTES_KEYS", file: file?.keys) ?? DefaultDirectory.keys,
            passphraseFile: options.passphrase.file(file?.passphraseFile))
    }

    /// An authority with the directories it is in.
    struct Opened: Sendable {
        let authority: Authority
        fileprivate let directory: DataDirectory
        fileprivate let keyDirectory: KeyDirectory?

        /// Closes the authority and takes away again what opening it made: for a first command that failed.
        func undo() {
            // A database that stays names the signing keys that were made: then they stay too.
            if directory.unmake() { keyDirectory?.unmake() }
            try? authority.close()
        }
    }

    /// Opens the data directory, and the key directory if it is needed; makes what is missing.
    ///
    /// What was made is taken away again if this throws. Throws ``StoreError/locked(directory:)`` while a server runs.
    /// An authority does not begin anew over a key directory with keys in it: throws
    /// ``AuthorityError/dataElsewhere(keys:)``. With `toleratingMissing`, keys whose secrets are gone are no reason not
    /// to open it.
    func open(
        withKeys needsKeys: Bool, name: ServerName? = nil, toleratingMissing: Bool = false
    ) throws -> Opened {
        guard needsKeys else { return try open(keyDirectory: nil, name: name) }
        if hasDatabase { return try openKnown(name: name, toleratingMissing: toleratingMissing) }
        // A command that brings a key of its own has put it there.
        guard AuthorityKeyring.tokenKeys(at: keys).count <= (openedKeys == nil ? 0 : 1) else {
            throw AuthorityError.dataElsewhere(keys: keys)
        }
        // The passphrase first: while it is asked for, nothing of the authority is there yet.
        let keyDirectory = try openKeys()
        do {
            return try open(keyDirectory: keyDirectory, name: name)
        } catch let error as StoreError {
            // There is no database that could name what was made.
            if !hasDatabase { keyDirectory.unmake() }
            throw error
        }
    }

    /// Whether there is an authority already.
    var hasDatabase: Bool { access(data + "/" + StoreSide.authority.databaseName, F_OK) == 0 }

    private func open(keyDirectory: KeyDirectory?, name: ServerName?) throws -> Opened {
        let directory = try DataDirectory(path: data, side: .authority)
        do {
            let authority = try Authority(in: directory, keys: keyDirectory, name: name)
            return Opened(authority: authority, directory: directory, keyDirectory: keyDirectory)
        } catch {
            if directory.unmake() { keyDirectory?.unmake() }
            throw error
        }
    }

    /// Opens an authority that has keys, which must be in the key directory: a new one beside them would be a trap.
    private func openKnown(name: ServerName?, toleratingMissing: Bool) throws -> Opened {
        let directory = try DataDirectory(path: data, side: .authority)
        var opened: KeyDirectory?
        let authority = try Authority(
            in: directory, keysAt: keys, name: name, toleratingMissing: toleratingMissing
        ) {
            let keyDirectory = try openKeys()
            opened = keyDirectory
            return keyDirectory
        }
        return Opened(authority: authority, directory: directory, keyDirectory: opened)
    }

    private func openKeys() throws -> KeyDirectory {
        try openedKeys ?? PassphraseInput(setting: passphraseFile).openKeys(at: keys)
    }
}
