import ArgumentParser
import Identity
import PortesClient
import PortesClientHTTP
import PrivacyPass
import SignIn

/// Where the identity is.
struct IdentityOptions: ParsableArguments {
    @Option(help: "The identity's file.") var identity: String = "identity.portes"

    /// The file, which must be there unless it `mayBeAbsent`; nobody else uses it meanwhile.
    func file(mayBeAbsent: Bool = false) throws -> IdentityFile {
        do {
            return try IdentityFile(path: identity, mayBeAbsent: mayBeAbsent)
        } catch {
            throw CommandFailure(error, path: identity)
        }
    }

    /// Makes the file with an identity.
    func create(_ kept: borrowing KeptIdentity) throws {
        let file = try file(mayBeAbsent: true)
        do { try file.create(kept) } catch { throw CommandFailure(error, path: identity) }
    }

    /// What is in a file.
    func read(_ file: IdentityFile) throws -> KeptIdentity {
        do { return try file.read() } catch { throw CommandFailure(error, path: identity) }
    }

    /// Writes what is to be in a file from now on.
    func replace(_ file: IdentityFile, with kept: borrowing KeptIdentity) throws {
        do { try file.replace(with: kept) } catch { throw CommandFailure(error, path: identity) }
    }
}

/// A service at which a person signs in.
struct ServiceOptions: ParsableArguments {
    @Option(help: "The service's URL.") var service: String?
    @Option(help: "The service's name for sign-ins, where it is not the URL's host and port.") var audience: String?
    @Option(help: "The path at which the service lets people sign in.") var path: String = SignInClient.defaultPath
    @OptionGroup var connection: ConnectionOptions

    /// The service; `nil` where none is named.
    func client() throws -> SignInClient? {
        guard let service else { return nil }
        let url = try ServerURL(ClientArgument.url(service, flag: "--service"))
        guard let name = Audience(audience ?? url.name.text) else {
            throw CommandFailure.usage(
                "--audience does not take '\(audience ?? "")'",
                hint: "give 1 to 255 printable characters without spaces, for example --audience radio.example")
        }
        return SignInClient(
            url: url, audience: name, path: path,
            transport: try HTTPTokenTransport(connection.connection(proxy: connection.proxy, flag: "--proxy")))
    }
}
