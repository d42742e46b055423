internal import HTTPTypes
internal import Hummingbird
internal import NIOCore
internal import PortesVerifier
internal import PrivacyPass
internal import ServerSupport

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// `POST /redeem/batch`: many tokens from a backend, which has collected them from different people.
///
/// The body is `[{"token": "<base64url>", "binding": "<base64url>"}, …]`, the binding optional; the answer is an array
/// with one outcome for each, in order. A device that sent its own tokens so would link them.
struct BatchRoute: Sendable {
    let redeemer: Redeemer
    /// What the bodies of all requests may take together: 64 MiB.
    let budget = BodyBudget(bytes: 64 * Self.maximumBodyCount)

    /// How many tokens one request may hold.
    static let maximumCount = 1_000
    /// The largest body in bytes: 1,000 tokens with the longest bindings fit.
    static let maximumBodyCount = 1024 * 1024

    func add(to router: Router<ServerContext>) {
        router.post("/redeem/batch") { request, _ in try await redeem(request) }
    }

    private func redeem(_ request: Request) async throws -> Response {
        guard request.mediaType == "application/json" else {
            throw HTTPProblem.unsupportedMediaType(accepted: ["application/json"])
        }
        let presented = try await request.withBody(upTo: Self.maximumBodyCount, within: budget) { body in
            try await redeemer.pool.run { try Self.decode(Data(body.readableBytesView)) }
        }
        let redemptions = try await redeemer.redeem(presented, withReceipts: true)
        return Response.json("[" + redemptions.map(RedemptionJSON.outcome).joined(separator: ",") + "]")
    }

    /// The tokens in a body; throws ``HTTPProblem``.
    static func decode(_ body: Data) throws -> [Presented] {
        let items: [Item]
        do {
            items = try JSONDecoder().decode([Item].self, from: body)
        } catch is UnknownMember {
            // A binding under a misspelt name would be a spend without one.
            throw HTTPProblem.badRequest("an item has a member that is neither token nor binding; nothing was spent")
        } catch {
            throw HTTPProblem.badRequest("the body is not an array of objects with a token and perhaps a binding")
        }
        // Of two bindings one would be a spend without the other, and of two tokens one would be lost.
        guard JSONMembers.count(in: body) == items.reduce(0, { $0 + $1.memberCount }) else {
            throw HTTPProblem.badRequest("an item has a member twice; nothing was spent")
        }
        guard (1...maximumCount).contains(items.count) else {
            throw HTTPProblem.unprocessable("a batch has 1 to \(maximumCount) tokens")
        }
        return try items.map { item in
            var binding: SpendBinding?
            if let text = item.binding {
                binding = SpendBinding(base64URL: text)
                guard binding != nil else { throw HTTPProblem.badBinding }
            }
            return Presented(token: token(item.token), binding: binding)
        }
    }

    private static func token(_ text: String) -> Result<Token, VerificationFailure> {
        guard let bytes = Base64URL.decode(text) else { return .failure(.malformed) }
        do {
            return .success(try Token(decoding: bytes))
        } catch {
            return .failure(error == .unsupportedTokenType ? .wrongTokenType : .malformed)
        }
    }

    private struct Item: Decodable {
        let token: String
        let binding: String?
        /// How many members it has, each name counted once: the decoder takes one of several.
        let memberCount: Int

        private enum Member: String, CodingKey { case token, binding }

        private struct AnyMember: CodingKey {
            let stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        init(from decoder: any Decoder) throws {
            let names = try decoder.container(keyedBy: AnyMember.self).allKeys
            guard names.allSatisfy({ Member(stringValue: $0.stringValue) != nil }) else { throw UnknownMember() }
            memberCount = names.count
            let members = try decoder.container(keyedBy: Member.self)
            token = try members.decode(String.self, forKey: .token)
            binding = try members.decodeIfPresent(String.self, forKey: .binding)
        }
    }

    private struct UnknownMember: Error {}
}
