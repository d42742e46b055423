public import PrivacyPass
public import VOPRF

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// An issuer as a client sees it: its directory, and the place that takes requests.
///
/// Most apps need ``Wallet/fetch(_:of:for:from:voucher:)`` only.
public actor IssuerClient {
    /// The issuer's name in challenges.
    public nonisolated let name: ServerName
    private let url: ServerURL
    private let transport: any TokenTransport
    private let now: @Sendable () -> Int64
    private var cached: (directory: IssuerDirectory, tag: String?)?

    /// The issuer at `url`, which no directory is fetched from yet.
    ///
    /// `name` is the issuer's name in challenges where it is not the URL's host and port; `now` gives the time in
    /// UNIX seconds, by the system's clock if it is `nil`.
    public init(
        url: ServerURL, name: ServerName? = nil, transport: any TokenTransport, now: (@Sendable () -> Int64)? = nil
    ) {
        self.url = url
        self.name = name ?? url.name
        self.transport = transport
        self.now = now ?? { Int64(Date.now.timeIntervalSince1970.rounded(.down)) }
    }

    /// The issuer's directory as it is now: fetched again only where it has changed.
    ///
    /// Throws ``IssuanceError/otherName(_:)`` if it names the issuer otherwise than ``name``. As no request is sent
    /// without a directory, none is charged under a name for which its tokens would be of no use.
    public func directory() async throws(IssuanceError) -> IssuerDirectory {
        let known = cached
        var headers = [HeaderField("accept", MediaType.issuerDirectory)]
        if let tag = known?.tag { headers.append(HeaderField("if-none-match", tag)) }
        let response = try await send(
            TransportRequest(
                .get, url: url.appending(path: IssuerDirectory.path), headers: headers,
                maximumResponseCount: IssuerDirectory.maximumEncodedCount))
        if response.status == 304, let known { return known.directory }
        guard response.status == 200 else { throw IssuanceError(response) }
        guard let directory = try? IssuerDirectory(decoding: response.body) else { throw .badAnswer }
        if let told = directory.issuerName, !told.isSameServer(as: name) { throw .otherName(told) }
        cached = (directory, response.values(of: "etag").first)
        return directory
    }

    /// The key to use now for a capability.
    public func currentKey(for capability: Capability) async throws(IssuanceError) -> ServerPublicKey {
        try await currentKey(ofKind: capability)
    }

    /// The key to use now for a capability, or the first that the issuer lists.
    func currentKey(ofKind capability: Capability?) async throws(IssuanceError) -> ServerPublicKey {
        try key(for: capability, in: await directory())
    }

    /// What a challenge asks for: the capability of the key that it names, or `nil` if it names none, or the directory
    /// says nothing of it.
    ///
    /// The challenge alone is not trusted: its issuer must be this one, and its key must stand in the directory. Throws
    /// ``IssuanceError/wrongIssuer`` and ``IssuanceError/keyNotPublished`` otherwise. Tokens are then fetched under the
    /// current key of that capability, so that no challenge can pick out one client by a key.
    public func capability(of challenge: PrivateTokenChallenge) async throws(IssuanceError) -> Capability? {
        try check(challenge.challenge)
        guard let named = challenge.tokenKey else { return nil }
        guard let entry = try await directory().tokenKeys.first(where: { $0.tokenKey == named }) else {
            throw .keyNotPublished
        }
        return entry.capability
    }

    /// The answer to a request, as bytes for ``PendingTokens/finalize(_:)-swift.method``.
    public func answer(_ request: IssuanceRequest, voucher: Voucher) async throws(IssuanceError) -> [UInt8] {
        let directory: IssuerDirectory
        if let cached { directory = cached.directory } else { directory = try await self.directory() }
        guard let target = url.resolve(directory.issuerRequestURI, relativeTo: IssuerDirectory.path) else {
            throw .badAnswer
        }
        var headers = [
            HeaderField("content-type", request.mediaType), HeaderField("accept", request.responseMediaType),
        ]
        if let header = voucher.header { headers.append(header) }
        let response = try await send(
            TransportRequest(
                .post, url: target, headers: headers, body: request.encoded,
                maximumResponseCount: IssuerClient.maximumAnswerCount))
        guard response.status == 200 else {
            let error = IssuanceError(response)
            // An issuer asks for a voucher as well where what was sent has not the form of one.
            throw voucher.header != nil && error == .refused(.voucherRequired) ? .refused(.voucherMalformed) : error
        }
        guard response.mediaType == request.responseMediaType else { throw .badAnswer }
        return response.body
    }

    // An answer for 100 tokens has 3,266 bytes.
    private static let maximumAnswerCount = 64 * 1024
    private static let leeway: Int64 = 60

    private func key(
        for capability: Capability?, in directory: IssuerDirectory
    ) throws(IssuanceError) -> ServerPublicKey {
        // The issuer lists the key to use first, so leeway for a clock that is behind never picks a later one.
        guard let entry = directory.currentKey(for: capability, at: now() + IssuerClient.leeway) else { throw .noKey }
        guard let key = try? ServerPublicKey(decoding: entry.tokenKey) else { throw .badAnswer }
        return key
    }

    nonisolated func check(_ challenge: TokenChallenge) throws(IssuanceError) {
        guard challenge.issuerName.isSameServer(as: name) else { throw .wrongIssuer }
        guard challenge.tokenType == .voprfRistretto255 else { throw .unsupported }
    }

    private func send(_ request: TransportRequest) async throws(IssuanceError) -> TransportResponse {
        do {
            return try await transport.send(request)
        } catch {
            throw .unreachable(TransportFailure(error))
        }
    }
}
