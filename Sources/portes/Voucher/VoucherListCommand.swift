import ArgumentParser
import AuthorityServer

/// `portes voucher list`: what is left.
struct VoucherListCommand: AdminCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List vouchers by their ids, never their codes.",
        discussion: "EXAMPLE: portes voucher list")

    @OptionGroup var options: AdminOptions

    func request() -> AdminRequest { .listVouchers }

    func show(_ reply: AdminReply) throws { try VoucherTable.show(reply, json: options.json) }
}
