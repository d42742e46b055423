import Foundation
import Synchronization

/// Answers every request on a loopback port with one canned response, and keeps what was sent, by connection.
final class RawServer: Sendable {
    private let listener: Int32
    private let response: String
    private let received = Mutex<[[String]]>([])
    let port: UInt16

    struct NoSocket: Error {}

    /// `response` is a head and a body; `Content-Length` is added.
    init(_ head: String, body: String = "") throws {
        response = "\(head)\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let listener = listener
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(listener, pointer, length) | listen(listener, 16) | getsockname(listener, pointer, &length)
            }
        }
        guard status == 0 else { throw NoSocket() }
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in
            while true {
                let connection = accept(listener, nil, nil)
                guard connection >= 0 else { return }
                Thread.detachNewThread { [self] in serve(connection) }
            }
        }
    }

    /// Ends the thread that accepts.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// The requests of each connection, as they came.
    var connections: [[String]] { received.withLock { $0 } }

    private func serve(_ connection: Int32) {
        let index = received.withLock { $0.append([]); return $0.count - 1 }
        var pending = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let count = read(connection, &buffer, buffer.count)
            guard count > 0 else { break }
            pending += String(decoding: buffer[..<count], as: UTF8.self)
            // The requests of these tests have short bodies, which come with their heads.
            guard pending.contains("\r\n\r\n") else { continue }
            received.withLock { $0[index].append(pending) }
            pending = ""
            _ = response.withCString { write(connection, $0, strlen($0)) }
        }
        close(connection)
    }
}
