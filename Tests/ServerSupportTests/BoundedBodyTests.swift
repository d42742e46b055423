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

    @Test func bodiesThatAreHeldCountTogetherUntilTheyAreUsed() async throws {
        let budget = BodyBudget(bytes: 8)
        func whole() -> Request { request(length: "5", body: RequestBody(buffer: ByteBuffer(string: "hello"))) }
        let value = try await whole().withBody(upTo: 10, within: budget) { first in
            #expect(budget.heldBytes == 5)
            await #expect {
                try await whole().withBody(upTo: 10, within: budget) { _ in }
            } throws: { error in
                (error as? HTTPProblem)?.status == .serviceUnavailable
            }
            return String(buffer: first)
        }
        #expect(value == "hello" && budget.heldBytes == 0)
        // What was refused, or came to nothing, is given back as well.
        await #expect(throws: HTTPProblem.self) {
            try await request(length: "9", body: RequestBody(buffer: ByteBuffer(string: "hello")))
                .withBody(upTo: 10, within: budget) { _ in }
        }
        #expect(budget.heldBytes == 0)
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
