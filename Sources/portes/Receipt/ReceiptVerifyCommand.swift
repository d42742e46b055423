import ArgumentParser
import Foundation
import JOSE
import LibSodium
import PrivacyPass
import Receipts

/// `portes receipt verify`: who signed a receipt, and what it says.
struct ReceiptVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Check a receipt against a clearing server's key set.",
        discussion: """
            The key set is the JSON that the clearing server serves at /.well-known/jwks.json. Get it once over a \
            connection you trust and keep it. Exits with 1 if the receipt does not hold.

            EXAMPLE: portes receipt verify --jwks jwks.json receipt.txt
            """)

    @Option(help: "The clearing server's key set, a file.") var jwks: String
    @Argument(help: "The file with the receipt; standard input if it is absent or -.") var file: String = "-"
    @Flag(help: "Print the receipt as JSON.") var json = false

    func run() throws {
        let keys = try keys()
        let text = try BoundedInput.readText(file, limit: 64 * 1024)
        let receipt = try verify(text, keys: keys)
        let shown = Shown(
            audience: receipt.audience, key: Hexadecimal.encode(receipt.keyID.bytes.bytes),
            nullifier: Hexadecimal.encode(receipt.nullifier.bytes),
            binding: Hexadecimal.encode(receipt.bindingDigest.bytes))
        if json {
            try Output.json(shown)
        } else {
            try Output.data("the receipt is genuine")
            try Output.data("  audience        \(shown.audience)")
            try Output.data("  token key id    \(shown.key)")
            try Output.data("  nullifier       \(shown.nullifier)")
            try Output.data("  binding digest  \(shown.binding)")
        }
    }

    private func keys() throws -> [Ed25519.PublicKey] {
        guard let keys = JSONWebKeySet.publicKeys(in: try BoundedInput.read(jwks, limit: 256 * 1024)) else {
            throw CommandFailure(
                "not a JSON Web Key Set", hint: "save what the server serves at /.well-known/jwks.json")
        }
        return keys
    }

    private func verify(_ text: String, keys: [Ed25519.PublicKey]) throws -> SpendReceipt {
        for key in keys {
            do {
                return try SpendReceipt(verifying: text, key: key)
            } catch .unknownKey {
                continue
            } catch .malformed {
                throw CommandFailure("not a receipt", hint: "a receipt is one line of three parts with dots between")
            } catch .wrongType {
                throw CommandFailure("signed, but not a receipt")
            } catch .invalidSignature {
                throw CommandFailure("the signature does not hold: the receipt was changed or made by somebody else")
            }
        }
        throw CommandFailure(
            "signed by a key that is not in the key set", hint: "get the key set of the server that gave the receipt")
    }

    private struct Shown: Encodable {
        let audience: String
        let key: String
        let nullifier: String
        let binding: String
    }
}
