import Foundation
import PrivacyPass

/// A child process of Python with packages that nobody here wrote, asked one thing at a time.
///
/// `Scripts/setup --tests` makes the environment that it runs in. The child is ended with the peer, and in any case
/// after ``lifetime``, so that a test that waits for it cannot wait for ever.
actor PythonPeer {
    /// What the function threw on the other side.
    struct Refusal: Error {
        let reason: String
    }

    /// Why there is no other side.
    struct Failure: Error {
        let reason: String
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let python = root.appending(path: ".venv/bin/python")
    static let lifetime: DispatchTimeInterval = .seconds(300)

    /// Whether tests can run: in CI a missing environment is a failure, not a reason to skip.
    static var isExpected: Bool {
        FileManager.default.isExecutableFile(atPath: python.path) || ProcessInfo.processInfo.environment["CI"] != nil
    }

    private let process = Process()
    private let toChild = Pipe()
    private let fromChild = Pipe()
    private var received = Data()
    private nonisolated let executor = PeerExecutor()

    /// A thread of its own: reading waits for the child.
    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Starts a script; `peer` is that of VOPRF, notes and signatures.
    init(script name: String = "peer") throws {
        // Writing to a child that ended is an error then, and not the end of the tests.
        signal(SIGPIPE, SIG_IGN)
        guard let script = Bundle.module.url(forResource: name, withExtension: "py", subdirectory: "Python") else {
            throw Failure(reason: "the script is not in the test bundle")
        }
        process.executableURL = PythonPeer.python
        process.arguments = [script.path]
        // A panic of the package in Rust is an answer here; one line of it is enough.
        process.environment = ProcessInfo.processInfo.environment.merging(["RUST_BACKTRACE": "0"]) { $1 }
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

    /// Calls a function of the script; throws ``Refusal`` where it throws.
    func ask(_ function: String, _ arguments: [[UInt8]] = []) throws -> [[UInt8]] {
        let request = Request(do: function, with: arguments.map { Hexadecimal.encode($0) })
        try toChild.fileHandleForWriting.write(contentsOf: JSONEncoder().encode(request) + Data("\n".utf8))
        let answer = try JSONDecoder().decode(Answer.self, from: line())
        if let reason = answer.refuses { throw Refusal(reason: reason) }
        guard let values = answer.gives else { throw Failure(reason: "neither given nor refused") }
        return try values.map { text in
            guard let bytes = Hexadecimal.decode(text) else { throw Failure(reason: "not hexadecimal") }
            return bytes
        }
    }

    /// Calls a function that gives one value.
    func one(_ function: String, _ arguments: [[UInt8]] = []) throws -> [UInt8] {
        let values = try ask(function, arguments)
        guard let value = values.first, values.count == 1 else { throw Failure(reason: "\(values.count) values") }
        return value
    }

    /// Why a function throws, or `nil` if it does not.
    func refusal(of function: String, _ arguments: [[UInt8]] = []) throws -> String? {
        do {
            _ = try ask(function, arguments)
            return nil
        } catch let refusal as Refusal {
            return refusal.reason
        }
    }

    private func line() throws -> Data {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                defer { received = Data(received[(end + 1)...]) }
                return Data(received[..<end])
            }
            let more = fromChild.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Failure(reason: "the child ended") }
            received += more
        }
    }

    private struct Request: Encodable {
        let `do`: String
        let with: [String]
    }

    private struct Answer: Decodable {
        let gives: [String]?
        let refuses: String?
    }
}

/// A thread on which a peer may block.
final class PeerExecutor: SerialExecutor {
    private let queue = DispatchQueue(label: "python peer")

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
