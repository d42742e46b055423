import Foundation

/// A script of Python that serves or asks by itself, and says line by line what comes of it.
///
/// It is ended with this value: its standard input ends then.
actor PythonProgram {
    private let process = Process()
    private let toChild = Pipe()
    private let fromChild = Pipe()
    private var received = Data()
    private nonisolated let executor = PeerExecutor()

    /// A thread of its own: reading waits for the child.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ script: String, _ arguments: [String]) throws {
        signal(SIGPIPE, SIG_IGN)
        guard let file = Bundle.module.url(forResource: script, withExtension: "py", subdirectory: "Python") else {
            throw PythonPeer.Failure(reason: "the script is not in the test bundle")
        }
        process.executableURL = PythonPeer.python
        process.arguments = [file.path] + arguments
        process.standardInput = toChild
        process.standardOutput = fromChild
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + PythonPeer.lifetime) { [weak process] in
            if let process, process.isRunning { process.terminate() }
        }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Writes a line and reads the next one.
    func ask(_ line: String) throws -> String {
        try toChild.fileHandleForWriting.write(contentsOf: Data((line + "\n").utf8))
        return try self.line()
    }

    /// Reads the next line.
    func line() throws -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received = Data(received[(end + 1)...]) }
                return String(decoding: received[..<end], as: UTF8.self)
            }
            let more = fromChild.fileHandleForReading.availableData
            guard !more.isEmpty else { throw PythonPeer.Failure(reason: "the child ended") }
            received += more
        }
    }
}
