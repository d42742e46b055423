import Foundation

/// One request over a connection of its own, from an address that nothing else on this machine has.
///
/// Blocks; for tests that want to say every byte of a request.
struct CanaryConnection {
    /// Where requests come from: a canary too.
    static let address = "127.77.13.99"

    /// Where a server listens.
    enum Place {
        case port(UInt16)
        case socket(String)
    }

    struct ConnectionError: Error {
        let code: Int32
    }

    /// Sends a request and gives all bytes of the answer; the server is asked to close.
    static func answer(to request: [UInt8], at place: Place) throws -> [UInt8] {
        let descriptor =
            switch place {
            case .port: socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            case .socket: socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
            }
        guard descriptor >= 0 else { throw ConnectionError(code: errno) }
        defer { close(descriptor) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        switch place {
        case .port(let port):
            try call { bind(descriptor, $0, $1) } with: { internet(address, 0) }
            try call { connect(descriptor, $0, $1) } with: { internet("127.0.0.1", port) }
        case .socket(let path):
            try call { connect(descriptor, $0, $1) } with: { local(path) }
        }
        var sent = 0
        while sent < request.count {
            let count = request[sent...].withUnsafeBytes {
                send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            // A server that has refused the head may have gone.
            guard count > 0 else { break }
            sent += count
        }
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count > 0 else { break }
            answer += buffer[..<count]
        }
        guard !answer.isEmpty else { throw ConnectionError(code: errno) }
        return answer
    }

    private static func call<Address>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32, with address: () -> Address
    ) throws {
        var address = address()
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<Address>.size)) }
        }
        guard result == 0 else { throw ConnectionError(code: errno) }
    }

    private static func internet(_ address: String, _ port: UInt16) -> sockaddr_in {
        var result = sockaddr_in()
        result.sin_family = sa_family_t(AF_INET)
        result.sin_port = port.bigEndian
        inet_pton(AF_INET, address, &result.sin_addr)
        return result
    }

    private static func local(_ path: String) -> sockaddr_un {
        var result = sockaddr_un()
        result.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &result.sun_path) { $0.copyBytes(from: path.utf8) }
        return result
    }
}
