internal import KeySchedule
internal import KeyTransparency
internal import PrivacyPass
internal import Recovery

extension IssuerClient {
    /// Has the issuer keep a record, for whoever may draw tokens under its key.
    func keep(_ record: RecoveryRecord, payment: Payment) async throws(IssuanceError) {
        var headers = [HeaderField("content-type", RecoveryRecord.mediaType)]
        let body = record.encoded
        if let header = payment.header(body: body, mediaType: RecoveryRecord.mediaType, issuer: name) {
            headers.append(header)
        }
        let response = try await send(
            TransportRequest(
                .post, url: url.appending(path: RecoveryRecord.path), headers: headers, body: body,
                maximumResponseCount: 64 * 1024))
        guard response.status == 204 else { throw IssuanceError(response) }
    }

    /// What the issuer keeps under a lookup, sealed.
    func recoveryRecords(_ lookup: RecoveryRecord.Lookup, under keyID: TokenKeyID) async throws(IssuanceError) -> [[UInt8]] {
        let path = "\(RecoveryRecord.path)/\(keyID.hexadecimal)/\(lookup.text)"
        let most = RecoveryRecord.maximumRecords * (RecoveryRecord.maximumSealedCount + 2)
        let response = try await send(
            TransportRequest(.get, url: url.appending(path: path), headers: [], maximumResponseCount: most))
        guard response.status == 200 else { throw IssuanceError(response) }
        guard let records = try? RecoveryRecord.decode(response.body) else { throw .badAnswer }
        return records
    }

    /// The answer to a request that was charged before; `nil` if it never was.
    func recall(_ request: IssuanceRequest) async throws(IssuanceError) -> [UInt8]? {
        let response = try await send(
            TransportRequest(
                .post, url: url.appending(path: RecoveryRecord.requestPath),
                headers: [
                    HeaderField("content-type", request.mediaType), HeaderField("accept", request.responseMediaType),
                ], body: request.encoded, maximumResponseCount: 64 * 1024))
        if response.status == 404, Problem(response).name == "request-unknown" { return nil }
        guard response.status == 200 else { throw IssuanceError(response) }
        guard response.mediaType == request.responseMediaType else { throw .badAnswer }
        return response.body
    }
}
