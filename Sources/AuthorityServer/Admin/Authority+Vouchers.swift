import Attestation
import AuthorityStore
import Issuance
import KeySchedule
import PrivacyPass

extension Authority {
    func createVouchers(_ name: String, tokens: Int, count: Int) throws -> [VoucherWithCode] {
        let capability = try Self.capability(name)
        if let day = issuer.revokedFrom(capability), day <= time.now().wall {
            throw AdminRefusal(
                "\(capability) is revoked from \(day.dateText) on: no tokens of it are issued",
                hint: "make vouchers for the capability that takes its place")
        }
        let codes = (0..<count).map { _ in VoucherCode() }
        try database.insertVouchers(codes.map(\.hash), capability: capability, tokens: Int64(tokens))
        return codes.map { VoucherWithCode(code: $0.text, id: $0.hash.id.text) }
    }

    func revokeVoucher(_ digits: String) throws -> VoucherSummary {
        let voucher = try storedVoucher(digits)
        do {
            try database.revokeVoucher(voucher.id)
        } catch VoucherLookupError.ambiguous {
            throw AdminRefusal("more than one voucher has the id \(voucher.id.text)")
        }
        return try VoucherSummary(storedVoucher(voucher.id.text))
    }

    /// The voucher whose id begins with these digits.
    func storedVoucher(_ digits: String) throws -> StoredVoucher {
        let digits = digits.lowercased()
        let found = try database.vouchers().filter { $0.id.text.hasPrefix(digits) }
        guard let voucher = found.first else {
            throw AdminRefusal("no voucher's id begins with \(digits)", hint: "see: portes voucher list")
        }
        guard found.count == 1 else {
            throw AdminRefusal("more than one voucher's id begins with \(digits)", hint: "give more of its digits")
        }
        return voucher
    }
}

extension VoucherSummary {
    init(_ voucher: StoredVoucher) {
        self.init(
            id: voucher.id.text, capability: voucher.capability.name, tokens: Int(voucher.total),
            remaining: Int(voucher.remaining), isRevoked: voucher.isRevoked)
    }
}
