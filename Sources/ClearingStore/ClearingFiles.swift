internal import Foundation
package import SQLiteSupport

/// The files of a clearing server's data directory, which belong together: what one holds cannot be made anew.
package enum ClearingFiles {
    /// Looks, before anything is made, whether one of them is gone while those that came after it are there.
    ///
    /// At a first start they are made in turn: `identity.key`, the database, `receipts.key`. Throws
    /// ``ClearingStoreError/ledgerLost`` or ``ClearingStoreError/missingFile(name:)``.
    package static func check(in directory: DataDirectory) throws(ClearingStoreError) {
        func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
        let hasDatabase = exists(directory.databasePath)
        if !hasDatabase, exists(directory.path + "/" + ReceiptSigner.fileName) { throw .ledgerLost }
        if hasDatabase, !exists(directory.path + "/" + ClearingIdentity.fileName) {
            throw .missingFile(name: ClearingIdentity.fileName)
        }
    }
}
