public import Hummingbird
public import KeySchedule
public import LibSodium
internal import NIOCore
public import PortesVerifier
internal import ServerSupport
public import SignIn

/// Sign-in without a name in an app's own routes.
///
/// ```swift
/// let accounts = SignInService(audience: audience, store: try SQLiteSignInStore(directory: "Data/accounts"))
/// router.get("sign-in") { request, _ in accounts.challenge(request) }
/// router.post("sign-in") { request, _ in try await accounts.admit(request).pseudonym.text }
/// router.delete("sign-in") { request, _ in try await accounts.erase(request).text }
/// ```
///
/// What a person gets for it, a cookie or a page, is the app's; what it keeps under the pseudonym too, and it has to
/// erase that where ``erase(_:)`` returns. Checks run on threads of their own.
public final class SignInService: Sendable {
    private let verifier: SignInVerifier
    private let store: any SignInStore
    private let time: any TimeSource
    private let pool = ComputePool()

    /// A person who signed in.
    public struct Admission: Sendable, Hashable {
        /// What the service calls the person.
        public let pseudonym: Pseudonym
        /// Whether this was for the first time.
        public let isNew: Bool
    }

    /// A service of this name, for good. Several processes that serve it share a `secret` of 32 random bytes, and the
    /// store.
    public init(
        audience: Audience, store: any SignInStore, secret: consuming SecretBytes? = nil,
        time: any TimeSource = SystemTimeSource()
    ) {
        verifier = SignInVerifier(audience: audience, secret: secret)
        self.store = store
        self.time = time
    }

    /// The answer to a request for a challenge: its text, on one line. `?purpose=erase` asks for one that erases.
    public func challenge(_ request: Request) -> Response {
        let purpose: SignInChallenge.Purpose = request.uri.queryParameters["purpose"] == "erase" ? .erase : .signIn
        let challenge = verifier.challenge(purpose, at: time.now().wall)
        return Response(
            status: .ok, headers: [.contentType: "text/plain; charset=utf-8", .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: challenge.text + "\n")))
    }

    /// The person whose device answered a challenge in the body of a request: let in once for each challenge.
    ///
    /// Throws ``SignInRefusal``, which the app answers as a problem document.
    public func admit(_ request: Request) async throws(SignInRefusal) -> Admission {
        let answer = try await answer(in: request)
        let now = time.now().wall
        let verified = try await check { [verifier] in
            Result { () throws(SignInFailure) in try verifier.verify(signIn: answer, at: now) }
        }
        let (pseudonym, isNew) = try await settle { [store, time] in
            try await store.admit(verified, at: time.now().wall)
        }
        return Admission(pseudonym: pseudonym, isNew: isNew)
    }

    /// Erases the account of the person whose device answered a challenge for that in the body of a request, and gives
    /// the pseudonym that it had: what the app keeps under it has to go too.
    public func erase(_ request: Request) async throws(SignInRefusal) -> Pseudonym {
        let answer = try await answer(in: request)
        let now = time.now().wall
        let verified = try await check { [verifier] in
            Result { () throws(SignInFailure) in try verifier.verify(erasure: answer, at: now) }
        }
        return try await settle { [store, time] in try await store.erase(verified, at: time.now().wall) }.0
    }

    private func answer(in request: Request) async throws(SignInRefusal) -> SignInAnswer {
        let body: ByteBuffer
        do {
            body = try await request.body(upTo: SignInAnswer.maximumCount * 2)
        } catch {
            throw SignInRefusal(error as? HTTPProblem ?? .badRequest())
        }
        var text = String(buffer: body)
        if text.hasSuffix("\n") { text.removeLast() }
        do { return try SignInAnswer(text: text) } catch { throw SignInRefusal(.malformed) }
    }

    private func check<T: Sendable>(
        _ work: @escaping @Sendable () -> Result<T, SignInFailure>
    ) async throws(SignInRefusal) -> T {
        let result: Result<T, SignInFailure>
        do {
            result = try await pool.run(work)
        } catch {
            throw SignInRefusal(.overloaded)
        }
        do { return try result.get() } catch { throw SignInRefusal(error) }
    }

    private func settle(
        _ work: () async throws -> SignInOutcome
    ) async throws(SignInRefusal) -> (Pseudonym, Bool) {
        let outcome: SignInOutcome
        do { outcome = try await work() } catch { throw SignInRefusal(.accountsUnavailable) }
        switch outcome {
        case .admitted(let pseudonym, let isNew): return (pseudonym, isNew)
        case .refused(let failure): throw SignInRefusal(failure)
        }
    }
}
