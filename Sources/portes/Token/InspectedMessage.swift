import Foundation
import PrivacyPass

/// A message taken apart for people to read.
struct InspectedMessage: Encodable, Equatable {
    /// What the message is, in the RFCs' words.
    let kind: String
    /// The fields in the order of the wire.
    let fields: [Field]

    struct Field: Encodable, Equatable {
        let name: String
        let value: String

        init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }

        init(_ name: String, _ bytes: [UInt8]) { self.init(name, Hexadecimal.encode(bytes)) }
    }

    /// The kind, then a line a field.
    var text: String {
        let width = fields.map(\.name.count).max() ?? 0
        return ([kind] + fields.map { "  " + $0.name.padding(toLength: width + 2, withPad: " ", startingAt: 0) + $0.value })
            .joined(separator: "\n")
    }

    /// The messages in an input: bytes, hexadecimal, base64url, header field values or a directory's JSON.
    static func read(_ input: [UInt8]) throws -> [InspectedMessage] {
        let text = String(decoding: input, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        if text.lowercased().contains("privatetoken ") { return try headerMessages(text) }
        let document = HeaderText.body(of: text) ?? text
        if document.hasPrefix("{"), let directory = try? IssuerDirectory(decoding: Array(document.utf8)) {
            return [InspectedMessage(directory)]
        }
        for bytes in [Hexadecimal.decode(text), Base64URL.decode(text), input].compactMap(\.self) {
            if let message = decode(bytes) { return [message] }
        }
        throw CommandFailure(
            "not a message that this build knows",
            hint: "give one whole challenge, token, request, response, header value or directory")
    }

    /// The one kind of message that these bytes are: only one decoder can take them, since lengths and types differ.
    private static func decode(_ bytes: [UInt8]) -> InspectedMessage? {
        if let token = try? Token(decoding: bytes) { return InspectedMessage(token) }
        if let request = try? TokenRequest(decoding: bytes) { return InspectedMessage(request) }
        let limit = Int(UInt16.max)
        if let request = try? AmortizedBatchTokenRequest(decoding: bytes, maximumCount: limit) {
            return InspectedMessage(request)
        }
        if let request = try? GenericBatchTokenRequest(decoding: bytes, maximumCount: limit) {
            return InspectedMessage(request)
        }
        if let challenge = try? TokenChallenge(decoding: bytes) { return InspectedMessage(challenge) }
        return response(bytes)
    }

    private static func response(_ bytes: [UInt8]) -> InspectedMessage? {
        let limit = Int(UInt16.max)
        if let response = try? AmortizedBatchTokenResponse(decoding: bytes, maximumCount: limit) {
            return InspectedMessage(response)
        }
        if let response = try? GenericBatchTokenResponse(decoding: bytes, maximumCount: limit) {
            return InspectedMessage(response)
        }
        // It names no type, and the types have responses of different lengths.
        return TokenType.implemented.lazy.compactMap { try? TokenResponse(decoding: bytes, tokenType: $0) }.first
            .map { InspectedMessage($0) }
    }

    /// The tokens and challenges in header fields: a single value, or whole heads as curl prints them.
    private static func headerMessages(_ text: String) throws -> [InspectedMessage] {
        let tokens = HeaderText.values(of: "authorization", in: text)
        let challenges = HeaderText.values(of: "www-authenticate", in: text)
        let isBare = tokens.isEmpty && challenges.isEmpty
        let messages =
            (isBare ? [text] : tokens).compactMap { try? PrivateTokenCredentials(fieldValue: $0) }
            .map { InspectedMessage($0.token) }
            + PrivateTokenChallenge.parse(isBare ? [text] : challenges).map { InspectedMessage($0) }
        guard !messages.isEmpty else {
            throw CommandFailure("no token and no challenge of a known type in these header fields")
        }
        return messages
    }
}
