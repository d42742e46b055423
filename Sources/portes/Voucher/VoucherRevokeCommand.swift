import ArgumentParser
import Attestation
import AuthorityServer

/// `portes voucher revoke`: refuse a code.
struct VoucherRevokeCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "revoke",
        abstract: "Refuse a voucher from now on.",
        discussion: """
            Tokens that were fetched with it stay good: nobody can tell which they are. Name it by its id, or have its \
            code read from a file or from standard input.

            EXAMPLE: portes voucher revoke 5b0f2e77
            EXAMPLE: portes voucher revoke --voucher-file code.txt
            """)

    @Argument(help: "The voucher's id, as in portes voucher list, or at least its first 8 digits.") var id: String?
    @Option(help: "A file with the voucher's code instead; - for standard input.") var voucherFile: String?
    @Flag(help: "Do not ask.") var yes = false
    @OptionGroup var options: AdminOptions

    func confirm(_ request: AdminRequest, through connection: AdminConnection) async throws {
        guard !yes else { return }
        guard case .revokeVoucher(let id) = request else { return }
        let reply = try await connection.answer(to: .findVoucher(id: id))
        guard case .voucher(let voucher) = reply else { throw reply.unexpected }
        try Confirmation.ask(
            """
            voucher \(voucher.id) is refused from now on: \(voucher.remaining) of \(voucher.tokens) tokens of \
            \(voucher.capability) are left on it
            """)
    }

    func validate() throws {
        guard (id == nil) != (voucherFile == nil) else {
            throw ValidationError("give the voucher's id or --voucher-file")
        }
    }

    func request() throws -> AdminRequest {
        if let id { return .revokeVoucher(id: id) }
        let file = voucherFile ?? "-"
        guard let code = VoucherCode(try BoundedInput.readText(file, limit: VoucherCode.characterCount + 2)) else {
            throw CommandFailure("\(file) holds no voucher", hint: "the file has one code on one line")
        }
        return .revokeVoucher(id: code.hash.id.text)
    }

    func show(_ reply: AdminReply) throws { try VoucherTable.show(reply, json: options.json) }
}
