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

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes else { return }
        let reply = try await connection.answer(to: .findVoucher(id: id))
        guard case .voucher(let voucher) = reply else { throw reply.unexpected }
        try Confirmation.ask(
            """
            voucher \(voucher.id) is refused from now on: \(voucher.remaining) of \(voucher.tokens) tokens of \
            \(voucher.capability) are left on it
            """)
    }

    func request() throws -> AdminRequest { .revokeVoucher(id: id) }

    func show(_ reply: AdminReply) throws { try VoucherTable.show(reply, json: options.json) }
}
