import ArgumentParser
import Identity
import PortesClient
import PrivacyPass

/// Whose account, and where.
struct AccountOptions: ParsableArguments {
    @Option(help: "The issuer's URL.") var issuer: String
    @Option(help: "The issuer's name in challenges, where it is not the URL's host and port.") var issuerName: String?
    @Option(help: "The file of the identity whose account it is.") var identity: String = "identity.portes"
    @OptionGroup var connection: ConnectionOptions

    /// The issuer, by the name that it has: under another the account would be another. What is done with accounts
    /// needs no key of it, and so none of its key log.
    func client() async throws -> IssuerClient {
        let client = try connection.issuer(issuer, name: issuerName, log: .development, proxy: connection.proxy)
        try await client.checkName()
        return client
    }

    /// The account's key at the issuer.
    func key(at issuer: ServerName) throws -> AccountKey { try Self.key(identity: identity, at: issuer) }

    /// The key of the account that an identity in a file has at an issuer.
    static func key(identity: String, at issuer: ServerName) throws -> AccountKey {
        let secret: IdentitySecret
        do { secret = try IdentityFile.read(path: identity).secret() } catch {
            throw CommandFailure(error, path: identity)
        }
        guard let key = AccountKey(secret, at: issuer) else {
            throw CommandFailure("the issuer's name is too long for an account")
        }
        return key
    }
}

/// A statement of another party, out of two files.
enum StatementFiles {
    private static let maximumCount = 64 * 1024

    /// The statement in one file, with the salt that `portes account request` wrote to the other.
    static func read(_ statement: String, salt: String) throws -> Statement {
        let token = try BoundedInput.readText(statement, limit: maximumCount)
        guard let bytes = Base64URL.decode(try BoundedInput.readText(salt, limit: 256)), bytes.count == 32 else {
            throw CommandFailure("\(salt) holds no salt", hint: "name the file that portes account request wrote")
        }
        return Statement(token: token, salt: bytes)
    }
}
