import ClearingStore
import Foundation
import KeyFiles
import SQLiteSupport
import TestSupport
import Testing

/// The files with this server's own keys, damaged in every place: a server does not start with another key.
@Suite struct SecretFileDamageTests {
    @Test(arguments: ["identity.key", "receipts.key", "counts.key"]) func aDamagedKeyIsRefused(name: String) throws {
        let temporary = try TemporaryDirectory()
        let directory = try DataDirectory(path: temporary.path, side: .clearing)
        func readAll() throws {
            _ = (try ClearingIdentity(in: directory), try ReceiptSigner(in: directory), try CountSigner(in: directory))
        }
        try readAll()
        let path = temporary.path + "/" + name
        let good = try temporary.bytes(path)
        for kind in Damage.Kind.allCases {
            for copy in Damage.copies(of: good, kind) {
                try temporary.overwrite(path, copy.bytes)
                #expect(throws: KeyFileError.self, "\(copy.what)") { try readAll() }
                #expect(try temporary.bytes(path) == copy.bytes)
            }
        }
        try temporary.overwrite(path, good)
        try readAll()
    }
}
