package import PrivacyPass

extension Wallet {
    /// What a wallet has besides its ``holdings``: what is under way.
    package struct Inventory: Sendable {
        /// Tokens that were sent without a final answer.
        package let sent: [Sent]
        /// Requests without an answer.
        package let requested: [Requested]

        /// A token that was sent.
        package struct Sent: Sendable, Hashable {
            /// Where to.
            package let origin: ServerName
            /// Its type.
            package let tokenType: TokenType
            /// The key that made it.
            package let keyID: TokenKeyID
        }

        /// Tokens that were asked for.
        package struct Requested: Sendable, Hashable {
            /// What they are to be good for, if that was said.
            package let capability: Capability?
            /// The challenge that they answer.
            package let challenge: TokenChallenge
            /// The key under which they were asked for.
            package let keyID: TokenKeyID
            /// How many.
            package let count: Int
        }
    }

    /// What is under way.
    package var inventory: Inventory {
        Inventory(
            sent: contents.spendings.map {
                Inventory.Sent(origin: $0.origin, tokenType: $0.token.input.tokenType, keyID: $0.token.input.keyID)
            },
            requested: contents.requests.map { request in
                Inventory.Requested(
                    capability: request.capability, challenge: request.stored.challenge,
                    keyID: request.stored.tokenKey.id, count: request.stored.nonces.count)
            }
                + unstored.map { open in
                    Inventory.Requested(
                        capability: open.capability, challenge: open.challenge, keyID: open.tokenKey.id,
                        count: open.request.count)
                })
    }
}
