package import Hummingbird
internal import HTTPTypes
internal import NIOCore

/// One thing that has to be in order before the server may receive traffic.
package struct ReadinessCheck: Sendable {
    /// The check's name, shown when it fails: lower case and hyphens, nothing secret.
    package let name: String
    /// Whether all is well.
    package let passes: @Sendable () async -> Bool

    /// Names a check.
    package init(_ name: String, passes: @escaping @Sendable () async -> Bool) {
        self.name = name
        self.passes = passes
    }
}

extension RouterMethods {
    /// Adds `GET /livez`, which answers 200 with `{"status":"live"}` while the process runs, and `GET /readyz`, which
    /// answers 200, or 503 with the names of the checks that fail, as `{"failing":[…],"status":"ready"|"unavailable"}`.
    package func addHealth(_ checks: [ReadinessCheck]) {
        get("/livez") { _, _ in healthResponse(.ok, "{\"status\":\"live\"}") }
        get("/readyz") { _, _ in
            var failing: [String] = []
            for check in checks {
                if await !check.passes() { failing.append(check.name) }
            }
            let names = failing.map { "\"\($0.filter { $0.isLetter || $0.isNumber || $0 == "-" })\"" }
            let status = failing.isEmpty ? "ready" : "unavailable"
            return healthResponse(
                failing.isEmpty ? .ok : .serviceUnavailable,
                "{\"failing\":[\(names.joined(separator: ","))],\"status\":\"\(status)\"}")
        }
    }
}

private func healthResponse(_ status: HTTPResponse.Status, _ body: String) -> Response {
    Response(
        status: status,
        headers: [.contentType: "application/json", .cacheControl: "no-store"],
        body: ResponseBody(byteBuffer: ByteBuffer(string: body)))
}
