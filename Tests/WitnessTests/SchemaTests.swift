import GRDB
import LibSodium
import PrivacyPass
import Testing

@testable import WitnessStore

/// Databases as every released version wrote them.
struct SchemaTests {
    /// What a released version wrote is read for ever: a change of the tables is a migration of its own.
    @Test(arguments: [
        ("1", "551dffbf38704297"),
    ])
    func aReleasedMigrationNeverChanges(name: String, digest: String) throws {
        let queue = try DatabaseQueue()
        try WitnessSchema.migrator.migrate(queue, upTo: name)
        let sql = try queue.read { db in
            try String.fetchAll(db, sql: "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
        #expect(Hexadecimal.encode(SHA256.hash(Array(sql.joined(separator: "\n").utf8)).bytes.prefix(8)) == digest)
    }
}
