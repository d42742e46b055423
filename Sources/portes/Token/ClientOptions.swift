import ArgumentParser
import Foundation
import HTTPTransport
import PortesClient
import PortesClientHTTP
import PrivacyPass

/// How the app's side reaches a server.
struct ConnectionOptions: ParsableArguments {
    @Option(help: "A proxy, http://HOST:PORT or socks5://HOST:PORT.") var proxy: String?
    @Option(help: "A PEM file of certificate authorities trusted beside the system's.") var certificateAuthority: String?

    /// The origin at a URL, reached by a connection of its own.
    func origin(_ url: String, name: String?) throws -> OriginClient {
        try OriginClient(
            ClientArgument.url(url, flag: "--origin"),
            name: name.map { try ClientArgument.serverName($0, flag: "--origin-name") },
            connection: connection(proxy: proxy, flag: "--proxy"))
    }

    /// The issuer at a URL, reached by a connection of its own, through the proxy that `flag` names.
    func issuer(
        _ url: String, name: String?, log: KeyLogPolicy, proxy: String?, flag: String = "--proxy"
    ) throws -> IssuerClient {
        try IssuerClient(
            ClientArgument.url(url, flag: "--issuer"),
            name: name.map { try ClientArgument.serverName($0, flag: "--issuer-name") }, log: log,
            connection: connection(proxy: proxy, flag: flag))
    }

    func connection(proxy: String?, flag: String) throws -> HTTPTokenTransport.Connection {
        if let proxy, (try? ProxyAddress(proxy)) == nil {
            throw CommandFailure.usage(
                "\(flag) does not take '\(proxy)'", hint: "give http://HOST:PORT or socks5://HOST:PORT")
        }
        return HTTPTokenTransport.Connection(proxy: proxy, certificateAuthorityFile: certificateAuthority)
    }
}

/// Names and challenges in the words of the command line.
enum ClientArgument {
    /// The server name in a flag's value.
    static func serverName(_ text: String, flag: String) throws -> ServerName {
        do {
            return try ServerName(text)
        } catch {
            throw CommandFailure.usage(
                "\(flag) does not take '\(text)'", hint: "give HOST or HOST:PORT, for example \(flag) play.example")
        }
    }

    /// The capability in a flag's value.
    static func capability(_ text: String) throws -> Capability {
        guard let capability = Capability(text) else {
            throw CommandFailure.usage(
                "--capability does not take '\(text)'",
                hint: "use 1 to 63 lower-case letters, digits and hyphens, for example --capability session")
        }
        return capability
    }

    /// The server's URL in a flag's value.
    static func url(_ text: String, flag: String) throws -> String {
        do {
            return try ServerURL(text).text
        } catch {
            let problem = error == .notEncrypted ? "https is needed" : "it is not a server's URL"
            throw CommandFailure.usage(
                "\(flag) does not take '\(text)': \(problem)",
                hint: "give https://HOST or, on this machine, http://127.0.0.1:PORT")
        }
    }

    /// The voucher in a file; none is needed where no file is named.
    static func voucher(_ file: String?) throws -> Voucher {
        guard let file else { return .notNeeded }
        guard let voucher = Voucher(try BoundedInput.readText(file, limit: Voucher.maximumCount + 2)) else {
            throw CommandFailure("\(file) holds no voucher", hint: "the file has one code on one line")
        }
        return voucher
    }

    /// The token in a file: in hexadecimal, in base64url, or in an `Authorization` field, among others perhaps.
    static func token(_ file: String) throws -> Token {
        let text = try BoundedInput.readText(file, limit: 64 * 1024)
        let fields = HeaderText.values(of: "authorization", in: text) + [text]
        if let credentials = fields.lazy.compactMap({ try? PrivateTokenCredentials(fieldValue: $0) }).first {
            return credentials.token
        }
        guard let bytes = Hexadecimal.decode(text) ?? Base64URL.decode(text), let token = try? Token(decoding: bytes)
        else {
            throw CommandFailure(
                "\(file) holds no token",
                hint: "give one token in hexadecimal, in base64url or as an Authorization field")
        }
        return token
    }

    /// The wallet in a file, which is made if it is absent.
    static func wallet(_ path: String, key: WalletKey? = nil) throws -> Wallet {
        try open(path, key, mayBeAbsent: true)
    }

    /// The wallet in a file, which must be there.
    static func existingWallet(_ path: String, key: WalletKey? = nil) throws -> Wallet {
        try open(path, key, mayBeAbsent: false)
    }

    private static func open(_ path: String, _ key: WalletKey?, mayBeAbsent: Bool) throws -> Wallet {
        do throws(WalletError) {
            return try Wallet(path: path, key: key, mayBeAbsent: mayBeAbsent)
        } catch .absent {
            throw CommandFailure(
                "there is no wallet at \(path)", hint: "check --wallet, or fetch tokens with portes token fetch")
        } catch .fileSystem(let code) {
            throw CommandFailure(fileSystem: code, "the wallet \(path)", option: "--wallet")
        } catch .corrupt {
            guard isEmpty(path) else { throw WalletError.corrupt }
            throw CommandFailure("the file \(path) is empty, and so no wallet", hint: "remove it, or name another file")
        }
    }

    private static func isEmpty(_ path: String) -> Bool {
        (try? URL(filePath: path).resourceValues(forKeys: [.fileSizeKey]))?.fileSize == 0
    }
}
