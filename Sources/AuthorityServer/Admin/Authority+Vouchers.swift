import Attestation
import AuthorityStore
import PrivacyPass

extension Authority {
    /// The most tokens that one voucher is worth, and the most vouchers that are made at once.
    private static let (mostTokens, mostVouchers) = (1_000_000, 10_000)

    func createVouchers(_ name: String, tokens: Int, count: Int) throws -> [String] {
        let capability = try Self.capability(name)
        guard (1...Self.mostTokens).contains(tokens) else {
            throw AdminRefusal("a voucher is worth 1 to \(Self.mostTokens) tokens")
        }
        guard (1...Self.mostVouchers).contains(count) else {
            throw AdminRefusal("1 to \(Self.mostVouchers) vouchers are made at once")
        }
        let codes = (0..<count).map { _ in VoucherCode() }
        try database.insertVouchers(codes.map(\.hash), capability: capability, tokens: Int64(tokens))
        return codes.map(\.text)
    }

    func revokeVoucher(_ text: String) throws -> VoucherSummary {
        guard let id = VoucherID(text: text) else {
            throw AdminRefusal("a voucher's id has 16 hexadecimal digits", hint: "see: portes voucher list")
        }
        do {
            try database.revokeVoucher(id)
        } catch VoucherLookupError.unknown {
            throw AdminRefusal("there is no voucher \(id.text)", hint: "see: portes voucher list")
        }
        guard let voucher = try database.vouchers().first(where: { $0.id == id }) else {
            throw AdminRefusal("there is no voucher \(id.text)")
        }
        return VoucherSummary(voucher)
    }
}

extension VoucherSummary {
    init(_ voucher: StoredVoucher) {
        self.init(
            id: voucher.id.text, capability: voucher.capability.name, tokens: Int(voucher.total),
            remaining: Int(voucher.remaining), isRevoked: voucher.isRevoked)
    }
}
