internal import Accounts
internal import PrivacyPass

/// What an issuer is given for tokens. It may hold a secret, so it has no description.
public struct Payment: Sendable {
    private let kind: Kind

    private enum Kind: Sendable {
        case voucher(Voucher)
        case account(AccountKey)
    }

    /// A voucher.
    public static func voucher(_ voucher: Voucher) -> Payment { Payment(kind: .voucher(voucher)) }
    /// An account, out of its quota or of what statements gave it.
    public static func account(_ account: AccountKey) -> Payment { Payment(kind: .account(account)) }

    /// Whether a voucher is shown.
    var hasVoucher: Bool { if case .voucher(let voucher) = kind { voucher.header != nil } else { false } }

    /// The field that presents it with a request to an issuer, if there is one.
    func header(for request: IssuanceRequest, issuer: ServerName) -> HeaderField? {
        header(body: request.encoded, mediaType: request.mediaType, issuer: issuer)
    }

    /// The field that presents it with a body of some media type.
    func header(body: [UInt8], mediaType: String, issuer: ServerName) -> HeaderField? {
        switch kind {
        case .voucher(let voucher): voucher.header
        case .account(let account):
            account.credentials(.request, body: body, mediaType: mediaType, issuer: issuer)
        }
    }
}

extension Payment: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a payment.
    public var description: String { "Payment" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}

extension IssuerClient {
    /// The answer to a request, as bytes for ``PendingTokens/finalize(_:)-swift.method``.
    public func answer(_ request: IssuanceRequest, voucher: Voucher) async throws(IssuanceError) -> [UInt8] {
        try await answer(request, payment: .voucher(voucher))
    }
}
