import ArgumentParser
import AuthorityServer

/// `portes voucher`: bearer codes worth tokens.
struct VoucherCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "voucher",
        abstract: "Make and refuse bearer codes worth tokens.",
        subcommands: [VoucherCreateCommand.self, VoucherListCommand.self, VoucherRevokeCommand.self])
}

/// Vouchers as a table.
enum VoucherTable {
    /// Prints the voucher or the vouchers of a reply.
    static func show(_ reply: AdminReply, json: Bool) throws {
        switch reply {
        case .voucher(let voucher):
            if json { try Output.json(voucher) } else { try table([voucher]).print() }
        case .vouchers(let vouchers):
            if json {
                try Output.json(vouchers)
            } else if vouchers.isEmpty {
                Output.note("no vouchers; make some with: portes voucher create --capability session --tokens 100")
            } else {
                try table(vouchers).print()
            }
        default: throw reply.unexpected
        }
    }

    private static func table(_ vouchers: [VoucherSummary]) -> Table {
        Table(
            ["ID", "CAPABILITY", "TOKENS", "REMAINING", "STATE"],
            vouchers.map { voucher in
                [
                    voucher.id, voucher.capability, String(voucher.tokens), String(voucher.remaining),
                    voucher.isRevoked ? "revoked" : voucher.remaining > 0 ? "good" : "used up",
                ]
            })
    }
}
