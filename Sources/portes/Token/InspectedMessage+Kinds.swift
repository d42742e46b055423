import KeySchedule
import LibSodium
import PrivacyPass
import VOPRF

extension InspectedMessage {
    init(_ challenge: TokenChallenge) {
        self.init(kind: "TokenChallenge", fields: InspectedMessage.fields(of: challenge))
    }

    init(_ challenge: PrivateTokenChallenge) {
        var fields = InspectedMessage.fields(of: challenge.challenge)
        if let key = challenge.tokenKey { fields.append(Field("token-key", key)) }
        if let age = challenge.maximumAge { fields.append(Field("max-age", "\(age) s")) }
        self.init(kind: "WWW-Authenticate: PrivateToken", fields: fields)
    }

    init(_ token: Token) {
        self.init(
            kind: "Token",
            fields: [
                Field("token_type", InspectedMessage.name(of: token.input.tokenType)),
                Field("nonce", token.input.nonce.bytes.bytes),
                Field("challenge_digest", token.input.challengeDigest.bytes.bytes),
                Field("token_key_id", token.input.keyID.bytes.bytes),
                Field("authenticator", "\(token.authenticator.count) bytes, not shown: whoever has them can spend the token"),
                Field("nullifier", Nullifier(of: token.input).bytes),
            ])
    }

    init(_ request: TokenRequest) {
        self.init(kind: "TokenRequest", fields: InspectedMessage.fields(of: request))
    }

    init(_ response: TokenResponse) {
        self.init(kind: "TokenResponse", fields: InspectedMessage.fields(of: response))
    }

    init(_ request: GenericBatchTokenRequest) {
        self.init(
            kind: "GenericBatchTokenRequest", fields: request.requests.flatMap { InspectedMessage.fields(of: $0) })
    }

    init(_ response: GenericBatchTokenResponse) {
        self.init(
            kind: "GenericBatchTokenResponse",
            fields: response.responses.flatMap { response in
                guard let response else { return [Field("token_response", "none: the token was not issued")] }
                return [Field("token_type", InspectedMessage.name(of: response.tokenType))]
                    + InspectedMessage.fields(of: response)
            })
    }

    init(_ request: AmortizedBatchTokenRequest) {
        self.init(
            kind: "AmortizedBatchTokenRequest",
            fields: [
                Field("token_type", InspectedMessage.name(of: request.tokenType)),
                Field("truncated_token_key_id", [request.truncatedKeyID]),
            ] + request.blindedElements.map { Field("blinded_element", $0.encoded.bytes) })
    }

    init(_ response: AmortizedBatchTokenResponse) {
        self.init(kind: "AmortizedBatchTokenResponse", fields: InspectedMessage.fields(of: response.evaluation))
    }

    init(_ directory: IssuerDirectory) {
        var fields = directory.issuerName.map { [Field("issuer-name", $0.text)] } ?? []
        fields.append(Field("issuer-request-uri", directory.issuerRequestURI))
        for key in directory.tokenKeys {
            fields.append(Field("token-type", InspectedMessage.name(of: key.tokenType)))
            fields.append(Field("token-key", key.tokenKey))
            if let id = TokenKeyID(publicKey: key.tokenKey, tokenType: key.tokenType) {
                fields.append(Field("token_key_id", id.bytes.bytes))
            }
            if let notBefore = key.notBefore { fields.append(Field("not-before", InspectedMessage.date(notBefore))) }
            if let capability = key.capability { fields.append(Field("capability", capability.name)) }
        }
        self.init(kind: "issuer directory", fields: fields)
    }

    private static func fields(of challenge: TokenChallenge) -> [Field] {
        [
            Field("token_type", name(of: challenge.tokenType)),
            Field("issuer_name", challenge.issuerName.text),
            Field("redemption_context", challenge.redemptionContext.map { Hexadecimal.encode($0.bytes) } ?? "empty"),
            Field(
                "origin_info",
                challenge.originNames.isEmpty
                    ? "empty: any origin" : challenge.originNames.map(\.text).joined(separator: ",")),
            Field("challenge_digest", challenge.digest.bytes.bytes),
        ]
    }

    private static func fields(of request: TokenRequest) -> [Field] {
        [
            Field("token_type", name(of: request.tokenType)),
            Field("truncated_token_key_id", [request.truncatedKeyID]),
            Field(request.tokenType.scheme?.blindedMessageName ?? "blinded_msg", request.blindedMessage),
        ]
    }

    private static func fields(of response: TokenResponse) -> [Field] {
        var rest = response.encoded[...]
        return (response.tokenType.scheme?.responseParts ?? []).map { part in
            defer { rest = rest.dropFirst(part.count) }
            return Field(part.name, Array(rest.prefix(part.count)))
        }
    }

    private static func fields(of evaluation: Evaluation) -> [Field] {
        evaluation.elements.map { Field("evaluated_element", $0.encoded.bytes) }
            + [Field("proof", evaluation.proof.encoded.bytes)]
    }

    private static func date(_ seconds: Int64) -> String {
        "\(seconds), \(KeyTable.date(UnixTime(seconds: seconds)))"
    }

    private static func name(of type: TokenType) -> String {
        type.name.map { "\(type) \($0)" } ?? "\(type)"
    }
}
