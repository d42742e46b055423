import ArgumentParser
import PortesClient

/// The method of a route that takes a token, in either case.
struct RouteMethod: ExpressibleByArgument {
    let method: TransportRequest.Method

    static let post = RouteMethod(.post)

    private init(_ method: TransportRequest.Method) { self.method = method }

    init?(argument: String) {
        guard let method = TransportRequest.Method(rawValue: argument.uppercased()) else { return nil }
        self.method = method
    }

    var defaultValueDescription: String { method.rawValue }
}
