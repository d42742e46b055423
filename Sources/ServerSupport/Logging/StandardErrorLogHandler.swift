package import Logging

/// Writes one line a record to standard error: time (UTC), level, label, message, then `key=value` pairs.
///
/// Control characters are escaped, so that no text can begin a line of its own. Nothing here keeps secrets out of the
/// text: whoever logs must not name tokens, keys, addresses, accounts or bodies.
package struct StandardErrorLogHandler: LogHandler {
    package var logLevel: Logger.Level
    package var metadata: Logger.Metadata = [:]
    package var metadataProvider: Logger.MetadataProvider?
    private let label: String
    private let write: @Sendable (String) -> Void

    /// Logs under `label` from `level` on.
    package init(label: String, level: Logger.Level) {
        self.init(label: label, level: level, write: writeToStandardError)
    }

    init(label: String, level: Logger.Level, write: @escaping @Sendable (String) -> Void) {
        self.label = label
        logLevel = level
        self.write = write
    }

    /// Makes this the handler of every `Logger` in the process. Call it once, first thing.
    package static func bootstrap(level: Logger.Level) {
        LoggingSystem.bootstrap { StandardErrorLogHandler(label: $0, level: level) }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var pairs = metadata
        if let metadataProvider { pairs.merge(metadataProvider.get()) { _, new in new } }
        if let more = event.metadata { pairs.merge(more) { _, new in new } }
        var line = "\(DateHeader.timestamp()) \(event.level) \(label): \(event.message)"
        for (key, value) in pairs.sorted(by: { $0.key < $1.key }) { line += " \(key)=\(value)" }
        write(Self.oneLine(line) + "\n")
    }

    static func oneLine(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var line = ""
        for scalar in text.unicodeScalars {
            if isControl(scalar) {
                line += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                line.unicodeScalars.append(scalar)
            }
        }
        return line
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) || scalar.value == 0x2028 || scalar.value == 0x2029
    }
}
