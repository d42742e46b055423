import ArgumentParser
import AuthorityServer

/// `portes voucher create`: new codes.
struct VoucherCreateCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make bearer codes worth tokens of a capability.",
        discussion: """
            Prints one code a line, with --json each with the id by which voucher list and voucher revoke speak of it. \
            Only a hash of each code is kept: this is the only time they can be seen. Whoever has a code can use it, \
            so hand codes out over a private way.

            EXAMPLE: portes voucher create --capability session --tokens 100 --count 20 > codes.txt
            """)

    @Option(help: "The capability, for example session.") var capability: String
    @Option(help: "How many tokens each code is worth, 1 to 1000000.") var tokens: Int
    @Option(help: "How many codes to make, 1 to 10000.") var count: Int = 1
    @OptionGroup var options: AdminOptions

    func request() throws -> AdminRequest {
        try Output.check()
        return .createVouchers(capability: capability, tokens: tokens, count: count)
    }

    func show(_ reply: AdminReply) throws {
        guard case .voucherCodes(let vouchers, let withoutKey) = reply else { throw reply.unexpected }
        do {
            if options.json {
                try Output.json(vouchers)
            } else {
                try Output.data(vouchers.map(\.code).joined(separator: "\n"))
            }
        } catch let failure as OutputFailure {
            for voucher in vouchers { Output.note("portes: note: made voucher \(voucher.id)") }
            throw CommandFailure(
                "\(failure.text): codes of the vouchers above are lost",
                hint: "refuse those whose codes did not arrive: portes voucher revoke ID")
        }
        AdminReply.warn(withoutKey: withoutKey)
    }
}
