internal import HTTPTypes
internal import Hummingbird
internal import HummingbirdPrivacyPass
internal import NIOCore
internal import PortesVerifier
internal import PrivacyPass

/// The JSON of outcomes. Capabilities, receipts and problem types have no character that JSON escapes.
enum RedemptionJSON {
    /// `{"capability":…,"outcome":"spent"|"replayed","receipt":…}`
    static func spent(_ capability: Capability, receipt: String?, isReplay: Bool) -> String {
        let member = receipt.map { ",\"receipt\":\"\($0)\"" } ?? ""
        return "{\"capability\":\"\(capability.name)\",\"outcome\":\"\(isReplay ? "replayed" : "spent")\"\(member)}"
    }

    /// One outcome of a batch: as ``spent(_:receipt:isReplay:)``, or `{"outcome":"already-spent"}`, or
    /// `{"outcome":"refused","problem":…}`.
    static func outcome(_ redemption: Redemption) -> String {
        switch redemption {
        case .spent(let capability, let receipt, let isReplay): spent(capability, receipt: receipt, isReplay: isReplay)
        case .alreadySpent: "{\"outcome\":\"already-spent\"}"
        case .refused(let failure): "{\"outcome\":\"refused\",\"problem\":\"\(failure.problemType)\"}"
        }
    }
}

extension Response {
    /// 200 with JSON that nobody may store.
    static func json(_ text: String) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
