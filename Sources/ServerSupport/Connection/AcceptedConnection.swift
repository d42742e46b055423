internal import HummingbirdCore
internal import NIOCore
internal import NIOHTTPTypes
internal import Synchronization

/// A connection between being accepted and being served.
///
/// The framework drops what was accepted in the moment in which it stops listening, and the stream inside traps if it
/// is dropped unused: a SIGTERM at the wrong time would crash the process. Dropping this closes the connection instead.
final class AcceptedConnection: ServerChildChannelValue {
    typealias Stream = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    private let stream: Stream
    private let isTaken = Atomic(false)

    init(_ stream: Stream) {
        self.stream = stream
    }

    deinit {
        guard !isTaken.load(ordering: .relaxed) else { return }
        let stream = stream
        Task { try? await stream.executeThenClose { _, _ in } }
    }

    var channel: any Channel { stream.channel }

    /// The stream, for whoever serves the connection to its end.
    func take() -> Stream {
        isTaken.store(true, ordering: .relaxed)
        return stream
    }
}
