internal import GRDB
internal import KeyTransparency
internal import SQLiteSupport

/// What a witness's database belongs to: a name, a key, and the place on the disk where it was made.
enum WitnessPins {
    /// Keeps the name and the place of the database's file, see ``FilePlace``, and answers what is kept.
    ///
    /// Throws ``WitnessStoreError`` if another name is asked for than is kept, if there is none, or if the file is not
    /// the one that was made.
    static func keep(
        _ db: Database, name: NoteKeyName?, place: String
    ) throws -> (name: NoteKeyName, verifierKey: String?) {
        if let kept = try value(db, "place"), kept != place { throw WitnessStoreError.copied }
        try set(db, "place", place)
        if let text = try value(db, "name") {
            guard let kept = NoteKeyName(text) else { throw UnreadableRow() }
            if let name, name != kept { throw WitnessStoreError.pinned(name: kept.text, asked: name.text) }
            return (kept, try value(db, "key"))
        }
        guard let name else { throw WitnessStoreError.nameless }
        try set(db, "name", name.text)
        return (name, nil)
    }

    /// Keeps the verifier key; throws ``WitnessStoreError/otherKey`` if another is kept.
    static func keep(_ db: Database, verifierKey: String) throws {
        if let kept = try value(db, "key"), kept != verifierKey { throw WitnessStoreError.otherKey }
        try set(db, "key", verifierKey)
    }

    private static func set(_ db: Database, _ name: String, _ value: String) throws {
        try db.execute(sql: "INSERT OR REPLACE INTO pin VALUES (?, ?)", arguments: [name, value])
    }

    private static func value(_ db: Database, _ name: String) throws -> String? {
        try Row.fetchOne(db, sql: "SELECT value FROM pin WHERE name = ?", arguments: [name])?.value("value")
    }
}
