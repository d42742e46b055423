public import PortesClient
public import PrivacyPass
public import SignIn

extension IssuerClient {
    /// The issuer at a URL, reached by connections that it shares with nobody.
    ///
    /// `name` is its name in challenges where it is not the URL's host and port, `log` what is trusted of its key log,
    /// and `store` where what was seen of that is kept, if not in the wallet that fetches. Throws
    /// ``ServerURL/URLError`` and ``HTTPTokenTransport/ConfigurationError``.
    public init(
        _ url: String, name: ServerName? = nil, log: KeyLogPolicy = .development, store: (any KeyLogStore)? = nil,
        connection: HTTPTokenTransport.Connection = .init()
    ) throws {
        try self.init(
            url: ServerURL(url), name: name, transport: HTTPTokenTransport(connection), log: log, store: store)
    }
}

extension SignInClient {
    /// The service at a URL, reached by connections that it shares with nobody.
    ///
    /// Throws ``ServerURL/URLError`` and ``HTTPTokenTransport/ConfigurationError``.
    public init(
        _ url: String, audience: Audience, path: String = SignInClient.defaultPath,
        connection: HTTPTokenTransport.Connection = .init()
    ) throws {
        try self.init(
            url: ServerURL(url), audience: audience, path: path, transport: HTTPTokenTransport(connection))
    }
}

extension OriginClient {
    /// The origin at a URL, reached by connections that it shares with nobody.
    ///
    /// `name` is its name in challenges where it is not the URL's host and port. Throws ``ServerURL/URLError`` and
    /// ``HTTPTokenTransport/ConfigurationError``.
    public init(
        _ url: String, name: ServerName? = nil, connection: HTTPTokenTransport.Connection = .init()
    ) throws {
        try self.init(url: ServerURL(url), name: name, transport: HTTPTokenTransport(connection))
    }
}
