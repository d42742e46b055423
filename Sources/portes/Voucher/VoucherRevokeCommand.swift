import ArgumentParser
import AuthorityServer

/// `portes voucher revoke`: refuse a code.
struct VoucherRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Refuse a voucher from now on.",
        discussion: """
            Tokens that were fetched with it stay good: nobody can tell which they are.

            EXAMPLE: portes voucher revoke 5b0f2e7790c1d3a4
            """)

    @Argument(help: "The voucher's id, as in portes voucher list.") var id: String
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func request() throws -> AdminRequest {
        try Confirmation.ask("voucher \(id) will be refused, whatever is left on it", isGiven: yes)
        return .revokeVoucher(id: id)
    }

    func show(_ reply: AdminReply) throws { try VoucherTable.show(reply, json: options.json) }
}
