import AuthorityServer
import AuthorityStore
import Foundation
import KeyFiles
import KeySchedule
import PrivacyPass
import SQLiteSupport

/// What restoring an authority will do, and does.
struct AuthorityRestorePlan {
    /// What will happen, in words.
    let words: String
    /// How many tokens went back already, in the copy, as revocations since the backup ask for.
    private let recredited: Int64

    /// Takes over what was published, in the copy, and finds out what is to be done.
    init(_ restore: AuthorityRestore, log: String?) throws {
        var (lines, tokens) = (["the authority will be as it was at \(KeyTable.date(restore.made))"], Int64(0))
        if let log {
            let published = try PublishedState(directory: log, settings: restore.database.settings())
            let new = try restore.database.catchUp(with: published)
            lines.append(
                "\(new.log) entries of the key log and \(new.revocations) revocations published since are taken over")
            if new.tokens > 0 {
                lines.append("\(new.tokens) tokens drawn under keys that were revoked since go back to vouchers")
            }
            tokens = new.tokens
        }
        for key in try restore.forgottenKeys(at: SystemTimeSource().now().wall) {
            let tokens = try restore.database.recredit(drawnUnder: key.record.id).tokens
            lines.append(
                "key \(key.record.id.hexadecimal.prefix(16)) of \(key.record.capability) is revoked, and \(tokens) "
                    + "tokens drawn under it go back to vouchers")
        }
        lines.append("new keys take their place; what was charged since the backup is forgotten; the directory that is there now is kept")
        words = lines.joined(separator: "\n")
        recredited = tokens
    }

    /// Ends the keys, makes the next ones, and puts the copy in place; blocks.
    func carryOut(_ restore: AuthorityRestore, keysAt keys: String, openKeys: KeyDirectory) throws -> Result {
        let tokens = try recredited + restore.endKeys(at: SystemTimeSource().now().wall)
        let copy = try DataDirectory(path: restore.copyPath, side: .authority)
        let authority = try Authority(in: copy, keysAt: keys) { openKeys }
        let made: [KeyRecord]
        do {
            made = try authority.makeDueKeys()
            try authority.close()
        } catch {
            try? authority.close()
            throw error
        }
        let replaced = try restore.finish()
        return Result(
            keys: made.map(\.id.hexadecimal), tokens: tokens, replaced: replaced)
    }

    /// What was done.
    struct Result: Encodable, Sendable {
        let keys: [String]
        let tokens: Int64
        /// Where the directory that was there is now.
        let replaced: String?

        func show(json: Bool) throws {
            if json { return try Output.json(self) }
            try Output.data("restored: \(tokens) tokens went back to vouchers, \(keys.count) new keys")
            for key in keys { try Output.data("key \(key.prefix(16)) issues from now on") }
            if let replaced { Output.note("what was there before is in \(replaced)") }
            Output.note("start the authority; clearing servers get the new keys by themselves")
        }
    }
}
