import HTTPTypes
import Hummingbird
import NIOCore
import ServerSupport
import Testing

@Suite struct BoundedBodyTests {
    private func request(length: String?, body: RequestBody) -> Request {
        var fields = HTTPFields()
        fields[.contentLength] = length
        let head = HTTPRequest(method: .post, scheme: "http", authority: "a", path: "/", headerFields: fields)
        return Request(head: head, body: body)
    }

    @Test func aBodyShorterOrLongerThanItsLengthIsRefused() async throws {
        for length in ["4", "6", "-5", "0x5", "99999999999999999999"] {
            let request = request(length: length, body: RequestBody(buffer: ByteBuffer(string: "hello")))
            await #expect {
                try await request.body(upTo: 100)
            } throws: { error in
                (error as? HTTPProblem)?.status == .badRequest
            }
        }
    }

    @Test func partsAreJoinedUpToTheLimit() async throws {
        func parts() -> Request {
            let (body, source) = RequestBody.makeStream()
            Task {
                for part in ["he", "", "llo"] { await source.yield(ByteBuffer(string: part)) }
                source.finish()
            }
            return request(length: nil, body: body)
        }
        #expect(try await parts().body(upTo: 5) == ByteBuffer(string: "hello"))
        await #expect(throws: HTTPProblem.contentTooLarge(limit: 4)) { try await parts().body(upTo: 4) }
    }

    @Test func aCancelledTaskNeverTakesWhatCameForWhole() async throws {
        let (body, source) = RequestBody.makeStream()
        let request = request(length: nil, body: body)
        let task = Task { try await request.body(upTo: 100) }
        await source.yield(ByteBuffer(string: "half"))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        source.finish()
    }
}
