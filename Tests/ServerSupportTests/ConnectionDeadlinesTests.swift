import NIOCore
@testable import ServerSupport
import Testing

@Suite struct ConnectionDeadlinesTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

    /// Head 5 s, body 7 s, response 8 s, idle 8 s, linger 2 s.
    private func connection() -> ConnectionDeadlines {
        ConnectionDeadlines(limits: ConnectionLimits(), now: start)
    }

    private func at(_ seconds: Int64) -> NIODeadline { start + TimeAmount.seconds(seconds) }

    @Test func theFirstHeadIsDueFromTheBeginningWhateverArrives() {
        var connection = connection()
        connection.bytesArrived(at: at(4))
        #expect(connection.next == at(5))
        #expect(connection.expired(at: at(4)) == nil)
        #expect(connection.expired(at: at(5)) == .head)
    }

    @Test func aLaterHeadIsDueFromItsFirstByte() {
        var connection = connection()
        connection.headEnded(at: at(1))
        connection.bodyEnded(at: at(1))
        connection.responseBegan(at: at(2))
        connection.responseEnded(at: at(2))
        #expect(connection.next == at(10) && connection.expired(at: at(10)) == .idle)
        connection.bytesArrived(at: at(9))
        connection.bytesArrived(at: at(12))
        #expect(connection.next == at(14) && connection.expired(at: at(14)) == .head)
    }

    @Test func aBodyIsDueFromTheEndOfItsHead() {
        var connection = connection()
        connection.headEnded(at: at(3))
        connection.bytesArrived(at: at(9))
        #expect(connection.next == at(10) && connection.expired(at: at(10)) == .body)
    }

    @Test func nothingIsDueWhileTheServerWorks() {
        var connection = connection()
        connection.headEnded(at: at(1))
        connection.bodyEnded(at: at(1))
        #expect(connection.next == nil)
    }

    @Test func aResponseIsDueFromItsBeginning() {
        var connection = connection()
        connection.headEnded(at: at(1))
        connection.bodyEnded(at: at(1))
        connection.responseBegan(at: at(30))
        #expect(connection.next == at(38) && connection.expired(at: at(38)) == .response)
    }

    @Test func anEarlyAnswerDoesNotEndTheBodysDeadline() {
        var connection = connection()
        connection.headEnded(at: at(1))
        connection.responseBegan(at: at(2))
        connection.responseEnded(at: at(2))
        #expect(connection.expired(at: at(8)) == .body)
        connection.bodyEnded(at: at(7))
        #expect(connection.next == at(15) && connection.expired(at: at(15)) == .idle)
    }

    @Test func theEarliestDeadlineCounts() {
        var connection = connection()
        connection.headEnded(at: at(0))
        connection.bodyEnded(at: at(0))
        connection.responseBegan(at: at(0))
        connection.shutsDown(from: at(0), within: .seconds(3))
        #expect(connection.next == at(3) && connection.expired(at: at(20)) == .shutdown)
        connection.lingers(from: at(0))
        #expect(connection.next == at(2) && connection.expired(at: at(20)) == .linger)
    }
}
