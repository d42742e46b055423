import ArgumentParser
import AuthorityServer
import KeySchedule
import PrivacyPass
import Revocation

/// `portes capability revoke`: from a day on, nothing is issued of it and none of its tokens is accepted.
struct CapabilityRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "From a day on, issue nothing of a capability and refuse all its tokens.",
        discussion: """
            Appends an entry to the published revocation list, for good: every key of the capability, also one that is \
            still to come. Connected clearing servers know the day within 5 s of the command. A later command can only \
            move it to an earlier day. Give --from in good time: who holds tokens can spend them until then.

            EXAMPLE: portes capability revoke play --from 2027-03-01
            """)

    @Argument(help: "The capability.") var capability: String
    @Option(help: "The UTC day, YYYY-MM-DD, or a time of it in UNIX seconds; today at the earliest.") var from: String
    @Option(help: "The reason: unspecified, key-compromised, surrendered, withdrawn or ledger-lost.")
    var reason: String = RevocationReason.withdrawn.name
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func request() throws -> AdminRequest {
        guard let day = UnixTime(dateText: from) else {
            throw CommandFailure.usage("--from does not take '\(from)'", hint: "give a day, for example 2027-03-01")
        }
        return .revokeCapability(name: capability, from: day.startOfDay, reason: reason)
    }

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes, case .revokeCapability(_, let day, _) = request else { return }
        let reply = try await connection.answer(to: .listKeys)
        guard case .keys(let keys) = reply else { throw reply.unexpected }
        let live = keys.filter {
            $0.record.capability.name == capability && [.announced, .issuing, .accepting].contains($0.state)
        }
        let issued = live.reduce(0) { $0 + $1.issued }
        try Confirmation.ask(
            "\(capability) is revoked from \(day.dateText) on: nothing is issued of it, and none of the \(issued) "
                + "tokens under its live keys (\(live.count)) is accepted")
    }

    func show(_ reply: AdminReply) throws {
        try RevocationTable.show(reply, json: options.json)
        guard case .revocation(let entry) = reply, let day = UnixTime(dateText: from)?.startOfDay, entry.effective < day
        else { return }
        Output.note("portes: note: nothing was changed: it is revoked from \(entry.effective.dateText) on already")
    }
}
