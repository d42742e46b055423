import ClearingServer
import ClearingStore
import KeyDelivery
import KeySchedule
import PrivacyPass
import Revocation

/// What a restore of a clearing server does, in words and for programs.
struct ClearingRestorePlan {
    /// Every key that begins until then is refused for ever.
    let floor: UnixTime
    /// Keys that the backup does not know, and whose tokens may have been spent all the same: refused too.
    let begun: [KeyRecord]
    /// How many seconds after the floor a key may begin whose tokens were taken before the restore: a head is up to a
    /// minute old, and tokens are taken up to a minute early.
    private static let earliness: Int64 = 120
    private let contents: ClearingBackupContents
    private let data: String
    /// The keys that are refused from now on although the authority has not revoked them.
    private let lost: [TokenKeyID]

    init(_ contents: ClearingBackupContents, _ inquiry: AuthorityInquiry, data: String) {
        (self.contents, self.data) = (contents, data)
        let floor = inquiry.head.time
        self.floor = floor
        let known = Set(contents.keys.map(\.id))
        begun = inquiry.records.filter {
            $0.notBefore <= floor.adding(seconds: Self.earliness) && !known.contains($0.id)
        }
        lost = contents.keys.filter { !$0.isFinal }.map(\.id) + begun.map(\.id)
    }

    /// What will happen.
    var words: String {
        """
        the clearing server of \(contents.origin ?? "no origin yet") is put back into \(data) as it was at \
        \(KeyTable.date(contents.made)); what was spent since is not known, so for ever it refuses the tokens of the \
        \(contents.keys.count) keys that the backup knows, and of every other that has begun until \
        \(KeyTable.date(floor)), when the authority last signed the time, or was delivered and begins until two minutes later
        """
    }

    /// What can be done about it.
    var afterwards: String { "the directory as it is now is kept beside it" }

    /// What the admin of the authority has to do.
    private var commands: [String] { lost.map { "portes key revoke \($0.hexadecimal) --reason ledger-lost" } }

    /// Prints what was done; `replaced` is where the old directory is now.
    func show(replaced: String?, json: Bool) throws {
        if json {
            try Output.json(
                Shown(
                    made: contents.made, floor: floor, replaced: replaced,
                    keys: contents.keys.map { Shown.Key(id: $0.id.hexadecimal, count: $0.count, isFinal: $0.isFinal) },
                    commands: commands))
        } else {
            for command in commands { try Output.data(command) }
            for key in contents.keys {
                let bound = key.isFinal ? "" : "at least "
                Output.note("key \(key.id.hexadecimal.prefix(16)): \(bound)\(key.count) tokens were spent")
            }
        }
        Output.note("\(data) is restored; start the server")
        if let replaced {
            Output.note("the directory that was there is \(replaced): it holds keys, remove it when it is of no use")
        }
        if !commands.isEmpty {
            Output.note(
                """
                have the authority's admin run the commands printed: until then this server takes no tokens of those \
                capabilities, and vouchers get nothing back
                """)
        }
    }

    private struct Shown: Encodable {
        let made: UnixTime
        let floor: UnixTime
        let replaced: String?
        let keys: [Key]
        let commands: [String]

        struct Key: Encodable {
            let id: String
            let count: UInt64
            let isFinal: Bool

            enum CodingKeys: String, CodingKey {
                case id, count
                case isFinal = "final"
            }
        }
    }
}
