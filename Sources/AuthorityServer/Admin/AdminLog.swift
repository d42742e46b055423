import KeySchedule
import Logging
import PrivacyPass

/// Says in the log of a running authority what an admin did: the act, the capability and the short id of a key, all of
/// which are public. Never a voucher, and no name that an admin gave somebody.
struct AdminLog: Sendable {
    let logger: Logger

    /// Notes a request that changed something, or would have.
    func note(_ request: AdminRequest, _ reply: AdminReply) {
        guard let act = request.act else { return }
        var metadata = reply.logged
        metadata["act"] = "\(act)"
        if case .refused = reply { return logger.info("an admin request was refused", metadata: metadata) }
        if case .createVouchers(let capability, _, _) = request { metadata["capability"] = "\(capability)" }
        logger.info("an admin request was carried out", metadata: metadata)
    }
}

extension AdminRequest {
    /// The act as the command line calls it; `nil` for what changes nothing and hands out no keys.
    fileprivate var act: String? {
        switch self {
        case .createKey: "key-create"
        case .rotateKey: "key-rotate"
        case .retireKey: "key-retire"
        case .revokeKey: "key-revoke"
        case .importKey: "key-import"
        case .exportKeys: "key-export"
        case .addVerifier: "verifier-add"
        case .removeVerifier: "verifier-remove"
        case .revokeVerifier: "verifier-revoke"
        case .revokeCapability: "capability-revoke"
        case .createVouchers: "voucher-create"
        case .revokeVoucher: "voucher-revoke"
        case .revokeToken: "token-revoke"
        case .listKeys, .findKey, .planKeys, .previewRevocation, .exportLog, .takeSnapshot, .takeInventory,
            .listVerifiers, .findVerifier, .findNewlyTrusted, .listVouchers, .findVoucher, .listRevocations, .describe:
            nil
        }
    }
}

extension AdminReply {
    /// What of a reply may stand in a log.
    fileprivate var logged: Logger.Metadata {
        switch self {
        case .key(let key):
            ["capability": "\(key.record.capability)", "key": "\(key.id.prefix(8))"]
        case .keyRevocation(let summary): ["key": "\(summary.key.id.prefix(8))", "tokens": "\(summary.tokens)"]
        case .revocation(let entry): entry.logged
        case .verifier(let verifier, _, _): ["capability": "\(verifier.capabilities.joined(separator: ","))"]
        case .voucher(let voucher): ["capability": "\(voucher.capability)"]
        case .voucherCodes(let vouchers, _): ["count": "\(vouchers.count)"]
        case .keys, .plan, .logExport, .snapshot, .inventory, .delivery, .verifiers, .vouchers, .revocations,
            .authority, .refused:
            [:]
        }
    }
}

extension RevocationSummary {
    fileprivate var logged: Logger.Metadata {
        var logged: Logger.Metadata = ["reason": "\(reason)"]
        if let keyID { logged["key"] = "\(keyID.prefix(8))" }
        if let capability { logged["capability"] = "\(capability)" }
        return logged
    }
}
