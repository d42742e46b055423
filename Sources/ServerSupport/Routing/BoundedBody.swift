package import Hummingbird
package import NIOCore
internal import HTTPTypes

extension Request {
    /// The whole body if it has at most `limit` bytes.
    ///
    /// Throws ``HTTPProblem`` 413 if it is larger, before reading it where its length is declared, and 400 if the
    /// connection ended before the body did: a body cut short never looks like a whole one.
    ///
    /// `reserve` hears of each piece before it is kept, and may refuse it.
    package func body(
        upTo limit: Int, reserving reserve: (_ count: Int) throws -> Void = { _ in }
    ) async throws -> ByteBuffer {
        var declared: Int?
        if let field = headers[.contentLength] {
            guard let length = Int(field), length >= 0 else {
                throw HTTPProblem.badRequest("Content-Length is not a number")
            }
            guard length <= limit else { throw HTTPProblem.contentTooLarge(limit: limit) }
            declared = length
        }
        var collected = ByteBuffer()
        for try await part in body {
            guard collected.readableBytes + part.readableBytes <= limit else {
                throw HTTPProblem.contentTooLarge(limit: limit)
            }
            try reserve(part.readableBytes)
            collected.writeImmutableBuffer(part)
        }
        // The stream also ends, without an error, when the server's task is cancelled.
        try Task.checkCancellation()
        guard declared == nil || declared == collected.readableBytes else {
            throw HTTPProblem.badRequest("the body ended early")
        }
        return collected
    }
}
