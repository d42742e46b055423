public import Identity
internal import PrivacyPass
public import SignIn

/// A service at which a person signs in without a name, as the person's device sees it.
///
/// The service learns a key that no other service sees, and that its holder was there just now.
public struct SignInClient: Sendable {
    /// The service's name for this purpose, which is known beforehand: a challenge for another is not answered.
    public let audience: Audience
    private let url: ServerURL
    private let path: String
    private let transport: any TokenTransport

    /// Where services are asked for challenges and given answers, unless they say otherwise.
    public static let defaultPath = "/sign-in"
    private static let maximumResponseCount = 1024 * 1024

    /// The service at `url`.
    public init(
        url: ServerURL, audience: Audience, path: String = SignInClient.defaultPath, transport: any TokenTransport
    ) {
        self.audience = audience
        self.url = url
        self.path = path
        self.transport = transport
    }

    /// Signs the person in, and gives the service's own answer: what it brings is up to the service.
    ///
    /// Notes in `identity` that the service knows it by its newest secret: keep that. Throws ``SignInError``; nothing
    /// is changed then, though after ``SignInError/unreachable(_:)`` the service may have let the person in.
    public func signIn(_ identity: inout KeptIdentity) async throws(SignInError) -> TransportResponse {
        let response = try await answer(.signIn, .post, identity)
        identity.noteSignIn(at: audience)
        return response
    }

    /// Has the person's account at the service erased.
    ///
    /// Throws ``SignInError``, ``SignInError/refused(_:)`` with ``SignInError/Refusal/unknownAccount`` where there is
    /// none.
    public func erase(_ identity: inout KeptIdentity) async throws(SignInError) {
        _ = try await answer(.erase, .delete, identity)
        identity.noteErasure(at: audience)
    }

    private func answer(
        _ purpose: SignInChallenge.Purpose, _ method: TransportRequest.Method, _ identity: borrowing KeptIdentity
    ) async throws(SignInError) -> TransportResponse {
        let challenge = try await challenge(purpose)
        let answer = identity.answer(to: challenge).text
        let request = TransportRequest(
            method, url: url.appending(path: path), headers: [HeaderField("Content-Type", "text/plain")],
            body: Array(answer.utf8), maximumResponseCount: Self.maximumResponseCount)
        let response = try await send(request)
        guard (200..<300).contains(response.status) else { throw SignInError(response) }
        return response
    }

    private func challenge(_ purpose: SignInChallenge.Purpose) async throws(SignInError) -> SignInChallenge {
        let query = purpose == .erase ? "?purpose=erase" : ""
        let request = TransportRequest(
            .get, url: url.appending(path: path) + query, headers: [], maximumResponseCount: 4_096)
        let response = try await send(request)
        guard response.status == 200 else { throw SignInError(response) }
        var text = String(decoding: response.body, as: UTF8.self)
        if text.hasSuffix("\n") { text.removeLast() }
        guard let challenge = try? SignInChallenge(text: text), challenge.purpose == purpose else { throw .badAnswer }
        // Else one service could have answers made that count at another.
        guard challenge.audience == audience else { throw .otherAudience(challenge.audience) }
        return challenge
    }

    private func send(_ request: TransportRequest) async throws(SignInError) -> TransportResponse {
        do { return try await transport.send(request) } catch { throw .unreachable(TransportFailure(error)) }
    }
}
