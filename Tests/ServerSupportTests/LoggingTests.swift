import Foundation
import Logging
@testable import ServerSupport
import Synchronization
import Testing

@Suite struct LoggingTests {
    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private func logged(_ level: Logger.Level = .info, _ body: (inout Logger) -> Void) -> [String] {
        let lines = Lines()
        var logger = Logger(label: "portes.test") { label in
            StandardErrorLogHandler(label: label, level: level, write: lines.add)
        }
        body(&logger)
        return lines.all
    }

    @Test func aRecordIsOneLine() throws {
        let lines = logged { $0.warning("two\nlines\r\u{1b}[31m", metadata: ["b": "x\ny", "a": "1"]) }
        let line = try #require(lines.first)
        #expect(lines.count == 1)
        #expect(line.hasSuffix(" warning portes.test: two\\u{a}lines\\u{d}\\u{1b}[31m a=1 b=x\\u{a}y\n"))
        #expect(line.prefixMatch(of: #/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /#) != nil)
    }

    @Test func recordsBelowTheLevelAreNotWritten() {
        #expect(logged(.notice) { $0.info("quiet") }.isEmpty)
        #expect(logged(.notice) { $0.notice("loud") }.count == 1)
    }

    @Test func theLoggersOwnPairsAreWritten() {
        let lines = logged { logger in
            logger[metadataKey: "side"] = "issuance"
            logger.info("started")
        }
        #expect(lines.first?.hasSuffix(" started side=issuance\n") == true)
    }

    @Test(arguments: [0, 784_111_777, 951_782_400, 4_102_444_799])
    func theDateHeaderAgreesWithFoundation(second: Int) {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        #expect(DateHeader.format(second) == formatter.string(from: Date(timeIntervalSince1970: Double(second))))
    }
}
