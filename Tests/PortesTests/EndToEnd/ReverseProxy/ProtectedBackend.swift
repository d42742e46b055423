import Foundation
import HTTPTransport
import Testing

@testable import portes

/// The real nginx with the configuration that is shipped, before a backend that says what it gets.
final class ProtectedBackend: Sendable {
    /// What reached the backend.
    struct Seen: Decodable {
        let path: String
        /// The fields, with names in lower case.
        let headers: [String: String]
        let body: String
    }

    /// Whether tests can run: in CI a missing nginx is a failure, not a reason to skip.
    static var isExpected: Bool {
        FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")
            || ProcessInfo.processInfo.environment["CI"] != nil
    }

    let url: String
    private let backend: Program
    private let nginx: Program
    private let transport: HTTPTransport

    /// Starts both before a clearing server.
    init(clearingURL: String, in place: DemoDirectory) async throws {
        backend = try Program(["python3", "-c", Self.backendScript])
        let backendPort = try backend.firstLine()
        let port = try freePort()
        url = "http://127.0.0.1:\(port)"
        let clearing = try #require(URL(string: clearingURL)?.port)
        let shipped = try String(contentsOf: SourceTree.root.appending(path: "Deploy/nginx.conf"), encoding: .utf8)
        let changes = [
            ("127.0.0.1:8081;", "127.0.0.1:\(clearing);"), ("127.0.0.1:8090/", "127.0.0.1:\(backendPort)/"),
            ("listen 80;", "listen 127.0.0.1:\(port);"), ("rate=10r/s", "rate=1000r/s"),
        ]
        var site = shipped
        for (old, new) in changes {
            try #require(site.contains(old), "Deploy/nginx.conf has no \(old)")
            site = site.replacing(old, with: new)
        }
        let directory = place.root.path
        try place.write(site, to: "site.conf")
        let main = try place.write(Self.main(directory), to: "nginx.conf")
        nginx = try Program(["nginx", "-p", directory, "-c", main, "-e", directory + "/nginx.log"])
        transport = try HTTPTransport(connections: 64)
        try await waitUntilItListens()
    }

    /// Sends a request for what is protected.
    func get(
        _ path: String = "/play/level", headers: [(name: String, value: String)] = [], body: [UInt8]? = nil
    ) async throws -> HTTPTransportResponse {
        try await transport.send(
            HTTPTransportRequest(
                body == nil ? .get : .post, .url(url + path), headers: headers, body: body, timeout: .seconds(60)))
    }

    /// What reached the backend of a request that was let in.
    static func seen(_ response: HTTPTransportResponse) throws -> Seen {
        try JSONDecoder().decode(Seen.self, from: Data(response.body))
    }

    func stop() async {
        await transport.shutdown()
        await nginx.end()
        await backend.end()
    }

    private func waitUntilItListens() async throws {
        let deadline = ContinuousClock.now + .seconds(60)
        while nginx.isRunning, ContinuousClock.now < deadline {
            if (try? await get("/nothing")) != nil { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw CommandFailure("nginx did not start")
    }

    /// One process, all of whose files lie in a directory.
    private static func main(_ directory: String) -> String {
        let kinds = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
        return """
            daemon off;
            master_process off;
            pid \(directory)/nginx.pid;
            events {}
            http {
                access_log off;
                \(kinds.map { "\($0)_temp_path \(directory)/nginx-\($0);" }.joined(separator: "\n    "))
                include \(directory)/site.conf;
            }

            """
    }

    private static let backendScript = """
        import http.server, json

        class Backend(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                seen = json.dumps({"path": self.path, "headers": headers, "body": body}).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(seen)))
                self.end_headers()
                self.wfile.write(seen)

            do_GET = do_POST = answer

            def log_message(self, *arguments):
                pass

        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Backend)
        print(server.server_port, flush=True)
        server.serve_forever()
        """
}
