internal import KeySchedule
public import PrivacyPass
internal import Recovery

/// An origin as a client sees it: it asks for tokens, and takes them one at a time.
///
/// There is no way to send several tokens at once, because what arrives together belongs together.
public struct OriginClient: Sendable {
    /// The origin's name in challenges.
    public let name: ServerName
    let url: ServerURL
    private let transport: any TokenTransport
    /// The time by this device's clock.
    let now: @Sendable () -> UnixTime

    /// Where clearing servers take tokens.
    public static let redemptionPath = "/redeem"

    /// The origin at `url`; `name` is its name in challenges where it is not the URL's host and port.
    ///
    /// The transport must be another than the issuer's: see ``TokenTransport``.
    ///
    /// `now` gives the time in UNIX seconds, by the system's clock if it is `nil`: sessions are used by it.
    public init(
        url: ServerURL, name: ServerName? = nil, transport: any TokenTransport, now: (@Sendable () -> Int64)? = nil
    ) {
        self.url = url
        self.name = name ?? url.name
        self.transport = transport
        self.now = { now.map { UnixTime(seconds: $0()) } ?? SystemTimeSource().now().wall }
    }

    /// What the origin asks for at a path when no token is sent: at least one challenge that names this origin, or any.
    ///
    /// Challenges that are for other origins only are left out (RFC 9577, section 2.1); throws
    /// ``RedemptionError/otherNames(_:than:)`` if all are.
    public func challenges(
        path: String = OriginClient.redemptionPath, method: TransportRequest.Method = .post
    ) async throws(RedemptionError) -> [PrivateTokenChallenge] {
        let response = try await send(method, path: path, headers: [])
        guard response.status == 401 else {
            throw RedemptionError(response)
        }
        let all = PrivateTokenChallenge.parse(response.values(of: "www-authenticate"))
        let challenges = all.filter { $0.challenge.allows(origin: name) }
        guard challenges.isEmpty else { return challenges }
        var names: [ServerName] = []
        for name in all.flatMap(\.challenge.originNames) where names.count < 8 && !names.contains(name) {
            // It is shown to people, who may copy it: only what could be a host's name.
            if name.text.utf8.count <= 260, (try? ServerName(name.text)) != nil { names.append(name) }
        }
        throw names.isEmpty ? .noChallenge : .otherNames(names, than: self.name)
    }

    /// Returns if the origin asks for tokens for this very challenge at a path, so that it pays to fetch some: what it
    /// offers for the challenge, with the keys that it names. ``Wallet/fetch(_:of:for:from:voucher:offers:recovery:)``
    /// holds the issuer's key against that.
    ///
    /// Throws ``RedemptionError/otherChallenge(_:)``, or what ``challenges(path:method:)`` throws.
    @discardableResult
    public func check(
        _ challenge: TokenChallenge, path: String = OriginClient.redemptionPath,
        method: TransportRequest.Method = .post
    ) async throws(RedemptionError) -> [PrivateTokenChallenge] {
        let asked = try await challenges(path: path, method: method)
        let offers = asked.filter { $0.challenge == challenge }
        if let first = asked.first, offers.isEmpty { throw .otherChallenge(first.challenge) }
        return offers
    }

    /// Presents a token and its binding, and gives the answer.
    ///
    /// At another path than `/redeem` and `/verify`, one of an app behind a middleware or a proxy, any answer of
    /// success means that the token was spent, without a receipt; `method` is the one that the route takes. When the
    /// answer is final, the caller settles the token; ``Wallet/spend(_:for:at:path:method:binding:purpose:)`` does.
    public func redeem(
        _ spending: borrowing Spending, path: String = OriginClient.redemptionPath,
        method: TransportRequest.Method = .post
    ) async throws(RedemptionError) -> RedemptionOutcome {
        guard spending.origin.isSameServer(as: name) else { throw .wrongOrigin }
        let response = try await send(method, path: path, headers: spending.headers)
        // What an app's own route answers is the app's: that it let the token in is all that is known of it.
        let isOwnForm = [OriginClient.redemptionPath, "/verify"].contains(path)
        if !isOwnForm, (200..<300).contains(response.status) { return .spent(receipt: nil) }
        return try RedemptionOutcome(response)
    }

    /// Presents a token for what it was taken for: with a session, where it was to open one and did.
    func exchange(
        _ spending: borrowing Spending, path: String, method: TransportRequest.Method
    ) async throws(RedemptionError) -> (RedemptionOutcome, Session?) {
        switch spending.use {
        case .redemption: (try await redeem(spending, path: path, method: method), nil)
        case .session: try await open(spending, seed: [], path: path)
        case .boundSession: try await open(spending, seed: spending.binding, path: path)
        }
    }

    /// What the origin publishes of the tokens of a key that were spent there: once an hour, the same for everyone.
    func spentFilter(of keyID: TokenKeyID) async throws(RedemptionError) -> SpentFilter {
        let request = TransportRequest(
            .get, url: url.appending(path: "\(SpentFilter.path)/\(keyID.hexadecimal)"), headers: [],
            maximumResponseCount: SpentFilter.maximumCount)
        let response: TransportResponse
        do { response = try await transport.send(request) } catch { throw .unreachable(TransportFailure(error)) }
        guard response.status == 200 else { throw RedemptionError(response) }
        guard let filter = try? SpentFilter(decoding: response.body) else { throw .badAnswer }
        return filter
    }

    // A receipt has some 400 bytes.
    private static let maximumAnswerCount = 64 * 1024

    func send(
        _ method: TransportRequest.Method = .post, path: String, headers: [HeaderField]
    ) async throws(RedemptionError) -> TransportResponse {
        let request = TransportRequest(
            method, url: url.appending(path: path), headers: headers,
            maximumResponseCount: OriginClient.maximumAnswerCount)
        do {
            return try await transport.send(request)
        } catch {
            throw .unreachable(TransportFailure(error))
        }
    }
}
