import HTTPTransport
import LibSodium
import PrivacyPass
import Testing

@testable import portes

/// The outcome of a token, once it is one that is waited for, or the last after 20 s.
func outcome(of token: Token, _ app: DemoApp, until isDone: (String) -> Bool) async throws -> String {
    let deadline = ContinuousClock.now + .seconds(20)
    while true {
        let outcome = try await app.redeem(token, binding: Randomness.bytes(32)).outcome
        if isDone(outcome) || ContinuousClock.now > deadline { return outcome }
        try await Task.sleep(for: .milliseconds(50))
    }
}

/// What a server answers to a GET.
func get(_ url: String) async throws -> String {
    let transport = try HTTPTransport()
    let response = try? await transport.send(HTTPTransportRequest(.get, .url(url)))
    await transport.shutdown()
    return try #require(response).text
}
