import Foundation

/// Looks for canaries in files.
struct CanaryScan {
    /// All traces, by their first four bytes.
    private let traces: [UInt32: [(canary: Canary, trace: Canary.Trace)]]
    /// Whether one begins with these two bytes.
    private let begins: [Bool]

    init() {
        let all = Canary.all.flatMap { canary in canary.traces.map { (canary: canary, trace: $0) } }
        traces = Dictionary(grouping: all) { Self.beginning(of: $0.trace.bytes) }
        var begins = [Bool](repeating: false, count: 65_536)
        for (_, trace) in all { begins[Int(trace.bytes[0]) << 8 | Int(trace.bytes[1])] = true }
        self.begins = begins
    }

    private static func beginning(of bytes: some Sequence<UInt8>) -> UInt32 {
        bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) }
    }

    /// What is found in bytes, in words.
    func found(in bytes: [UInt8]) -> Set<String> {
        guard bytes.count >= 4 else { return [] }
        var found: Set<String> = []
        bytes.withUnsafeBufferPointer { buffer in
            begins.withUnsafeBufferPointer { begins in
                for place in 0..<(buffer.count - 3)
                where begins[Int(buffer[place]) << 8 | Int(buffer[place + 1])] {
                    let rest = buffer[place...]
                    for (canary, trace) in traces[Self.beginning(of: rest)] ?? [] where rest.starts(with: trace.bytes) {
                        found.insert("\(canary.value) (\(trace.form))")
                    }
                }
            }
        }
        return found
    }

    /// What is found below a directory, with the file's name.
    func found(below directory: String) throws -> [String] {
        try Self.files(below: directory).flatMap { name, bytes in found(in: bytes).map { "\(name): \($0)" } }
    }

    /// Every file below a directory; sockets have no bytes.
    static func files(below directory: String) throws -> [(name: String, bytes: [UInt8])] {
        try FileManager.default.subpathsOfDirectory(atPath: directory).compactMap { name in
            let path = directory + "/" + name
            let type = try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
            guard type == .typeRegular else { return nil }
            return (name, [UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        }
    }

    static func contains(_ bytes: [UInt8], _ text: String) -> Bool { Data(bytes).range(of: Data(text.utf8)) != nil }
}
