internal import JWTKit

#if canImport(FoundationEssentials)
internal import FoundationEssentials
#else
internal import Foundation
#endif

/// A party's public key, with the one algorithm that it is good for.
struct StatementKey: Sendable {
    let id: String?
    let algorithm: StatementAlgorithm
    private let verifier: JWTKeyCollection

    /// The keys of a JSON Web Key Set (RFC 7517); those of other kinds, or for other uses, are passed over. `nil` if it
    /// is none, or there is nothing in it.
    static func keys(in bytes: [UInt8]) async -> [StatementKey]? {
        guard let set = try? JSONDecoder().decode(Wire.self, from: Data(bytes)) else { return nil }
        var keys: [StatementKey] = []
        for item in set.keys.prefix(64) {
            guard item.isForSignatures, let key = item.key, let found = await StatementKey(key) else { continue }
            keys.append(found)
        }
        return keys.isEmpty ? nil : keys
    }

    private init?(_ key: JWK) async {
        guard let algorithm = Self.algorithm(of: key) else { return nil }
        var key = key
        id = key.keyIdentifier?.string
        // Nobody gives secrets to a verifier, and what the set calls it does not matter from here on.
        (key.privateExponent, key.prime1, key.prime2) = (nil, nil, nil)
        key.keyIdentifier = "key"
        key.algorithm = JWK.Algorithm(rawValue: algorithm.rawValue)
        let verifier = JWTKeyCollection()
        guard (try? await verifier.add(jwk: key)) != nil else { return nil }
        self.algorithm = algorithm
        self.verifier = verifier
    }

    /// The one algorithm that a key is good for; `nil` for another one, or where the set says otherwise.
    private static func algorithm(of key: JWK) -> StatementAlgorithm? {
        let algorithm: StatementAlgorithm
        switch (key.keyType, key.curve?.rawValue) {
        case (.octetKeyPair, "Ed25519"): algorithm = .edDSA
        case (.ecdsa, "P-256"): algorithm = .es256
        case (.rsa, _): algorithm = .rs256
        default: return nil
        }
        guard let said = key.algorithm else { return algorithm }
        return said.rawValue == algorithm.rawValue ? algorithm : nil
    }

    /// Whether the holder of the key signed a text, whose header names this key's algorithm.
    func isValidSignature(in text: String) async -> Bool {
        (try? await verifier.verify(text, as: Unread.self)) != nil
    }

    /// The payload is read elsewhere, more strictly.
    private struct Unread: JWTPayload {
        func verify(using algorithm: some JWTAlgorithm) async throws {}
    }

    private struct Wire: Decodable {
        let keys: [Item]

        struct Item: Decodable {
            let key: JWK?
            let isForSignatures: Bool

            enum CodingKeys: String, CodingKey { case use }

            init(from decoder: any Decoder) throws {
                key = try? JWK(from: decoder)
                let use = try? decoder.container(keyedBy: CodingKeys.self).decodeIfPresent(String.self, forKey: .use)
                isForSignatures = use ?? "sig" == "sig"
            }
        }
    }
}
