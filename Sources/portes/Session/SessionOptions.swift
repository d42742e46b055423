import ArgumentParser
import PortesClient

/// Where a session is.
struct SessionOptions: ParsableArguments {
    @Option(help: "The URL of the service.") var origin: String
    @Option(help: "Its name in challenges, where it is not the URL's host and port.") var originName: String?
    @Option(help: "What the session is to be good for.") var capability: String = "session"
    @Flag(help: "A session that is bound to no key, for services that take bearer tokens alone.") var bearer = false
    @Option(help: "The path at which the service opens and closes sessions.")
    var sessionPath: String = OriginClient.sessionPath
    @OptionGroup var connection: ConnectionOptions

    /// The service.
    func client() throws -> OriginClient { try connection.origin(origin, name: originName) }
}
