import HTTPTypes
import Hummingbird
import NIOCore
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct RoutingTests {
    private struct Leak: Error { let secret = "swordfish" }

    private static func router(ready: Bool = true) -> Router<ServerContext> {
        let router = ServerRouter.make(crossOrigin: ["/echo", "/things/{id}"], crossOriginFields: [.expect])
        router.post("/echo") { request, _ in
            Response(status: .ok, body: ResponseBody(byteBuffer: try await request.body(upTo: 100)))
        }
        router.get("/hello") { _, _ in "hello" }
        router.get("/things/:id") { _, _ -> Response in throw HTTPProblem.unprocessable("no such thing") }
        router.get("/leak") { _, _ -> Response in throw Leak() }
        router.get("/framework") { _, _ -> Response in throw HTTPError(.conflict, message: "framework words") }
        router.get("/document") { request, _ in
            request.response(
                ByteBuffer(string: "text"), tag: EntityTag(hex: "abc"), contentType: "text/plain",
                cacheControl: "max-age=60")
        }
        router.addHealth([ReadinessCheck("keys-present") { true }, ReadinessCheck("list-fresh") { ready }])
        return router
    }

    /// One request on a connection of its own; the answer as it came.
    private func exchange(
        _ method: String, _ path: String, _ fields: String = "", ready: Bool = true
    ) async throws -> String {
        try await withServer(Self.router(ready: ready)) { port in
            try await withConnection(to: port) { connection in
                await connection.send("\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\(fields)\r\n")
                return await connection.readToEnd()
            }
        }
    }

    @Test func anUnknownPathIsA404ProblemDocument() async throws {
        let answer = try await exchange("GET", "/nowhere")
        #expect(answer.hasPrefix("HTTP/1.1 404 "))
        #expect(answer.contains("Content-Type: application/problem+json\r\n"))
        #expect(
            answer.hasSuffix(
                #"{"status":404,"title":"There is nothing at this path","type":"urn:portes:problem:not-found"}"#))
    }

    @Test(arguments: ["GET", "PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "HEAD"])
    func aWrongMethodIsA405WithAllow(method: String) async throws {
        let answer = try await exchange(method, "/echo")
        #expect(answer.hasPrefix("HTTP/1.1 405 "))
        #expect(answer.contains("Allow: OPTIONS, POST\r\n"))
        #expect(answer.contains("urn:portes:problem:method-not-allowed") == (method != "HEAD"))
    }

    @Test func anUnknownMethodAtAnUnknownPathIsA404() async throws {
        #expect(try await exchange("PROPFIND", "/nowhere").hasPrefix("HTTP/1.1 404 "))
    }

    @Test func headIsAnsweredLikeGetWithoutTheBody() async throws {
        let answer = try await exchange("HEAD", "/hello")
        #expect(answer.hasPrefix("HTTP/1.1 200 "))
        #expect(answer.contains("Content-Length: 5\r\n"))
        #expect(answer.hasSuffix("\r\n\r\n"))
    }

    @Test func headOfAFailureHasNoBodyEither() async throws {
        for path in ["/nowhere", "/things/7", "/leak"] {
            #expect(try await exchange("HEAD", path).hasSuffix("\r\n\r\n"))
        }
    }

    @Test func optionsNamesTheMethods() async throws {
        let answer = try await exchange("OPTIONS", "/hello")
        #expect(answer.hasPrefix("HTTP/1.1 204 "))
        #expect(answer.contains("Allow: GET, HEAD, OPTIONS\r\n"))
        #expect(!answer.contains("Content-Length"))
        #expect(!answer.contains("Access-Control"))
    }

    @Test func anUnexpectedErrorSaysNothingAboutItself() async throws {
        let answer = try await exchange("GET", "/leak")
        #expect(answer.hasPrefix("HTTP/1.1 500 "))
        #expect(answer.contains("urn:portes:problem:internal-error"))
        #expect(!answer.contains("swordfish") && !answer.contains("Leak"))
    }

    @Test func theFrameworksErrorsAreProblemDocumentsToo() async throws {
        let answer = try await exchange("GET", "/framework")
        #expect(answer.hasPrefix("HTTP/1.1 409 "))
        #expect(answer.hasSuffix(#"{"status":409,"title":"Conflict","type":"urn:portes:problem:conflict"}"#))
    }

    @Test func everyAnswerHasADate() async throws {
        #expect(
            try await exchange("GET", "/hello").contains(#/\r\nDate: \w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT\r\n/#))
    }

    @Test func webPagesMayCallTheOpenRoutesAndSeeTheirFailures() async throws {
        for answer in [
            try await exchange("POST", "/echo", "Origin: https://x\r\n"), try await exchange("GET", "/things/7"),
        ] {
            #expect(answer.contains("Access-Control-Allow-Origin: *\r\n"))
            #expect(answer.contains("Access-Control-Expose-Headers: ETag, Portes-Problem, Retry-After, WWW-Authenticate\r\n"))
        }
        #expect(try await !exchange("GET", "/hello").contains("Access-Control"))
    }

    @Test func aPreflightNamesMethodsAndHeaderFields() async throws {
        let fields = "Origin: https://x\r\nAccess-Control-Request-Method: POST\r\n"
        let answer = try await exchange("OPTIONS", "/echo", fields)
        #expect(answer.hasPrefix("HTTP/1.1 204 "))
        #expect(answer.contains("Access-Control-Allow-Methods: OPTIONS, POST\r\n"))
        #expect(answer.contains("Access-Control-Allow-Headers: Authorization, Content-Type, If-None-Match, Expect\r\n"))
        #expect(answer.contains("Access-Control-Allow-Origin: *\r\n"))
    }

    @Test func aKnownEntityTagIsAnsweredWith304() async throws {
        for value in ["\"abc\"", "W/\"abc\"", "\"x,y\", \"abc\"", "*", "W/\"1\",\"abc\""] {
            let answer = try await exchange("GET", "/document", "If-None-Match: \(value)\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 304 "), "\(value)")
            #expect(answer.contains("ETag: \"abc\"\r\n") && answer.contains("Cache-Control: max-age=60\r\n"))
            #expect(!answer.contains("Content-Length") && answer.hasSuffix("\r\n\r\n"))
        }
        for value in ["\"abcd\"", "abc", "\"abc", "\"x\"abc", ""] {
            let answer = try await exchange("GET", "/document", "If-None-Match: \(value)\r\n")
            #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.hasSuffix("text"), "\(value)")
        }
    }

    @Test func healthAnswersForItself() async throws {
        let live = try await exchange("GET", "/livez", ready: false)
        #expect(live.hasPrefix("HTTP/1.1 200 ") && live.contains(#"{"status":"live"}"#))
        #expect(try await exchange("GET", "/readyz").hasSuffix(#"{"failing":[],"status":"ready"}"#))
        let unready = try await exchange("GET", "/readyz", ready: false)
        #expect(unready.hasPrefix("HTTP/1.1 503 "))
        #expect(unready.hasSuffix(#"{"failing":["list-fresh"],"status":"unavailable"}"#))
    }
}
