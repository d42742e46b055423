import Hummingbird
import Logging
import ServerSupport
import Testing

@Suite struct ListenAddressTests {
    @Test(arguments: ["127.0.0.1:8080", "localhost:0", "[::1]:65535", "0.0.0.0:443", "example.com:8443"])
    func anAddressReadsAndPrintsTheSame(text: String) throws {
        #expect(try ListenAddress(text).description == text)
    }

    @Test func whatIsNoAddressSaysWhy() {
        #expect(throws: ListenAddress.ParseError.missingPart) { try ListenAddress("127.0.0.1") }
        #expect(throws: ListenAddress.ParseError.missingPart) { try ListenAddress(":8080") }
        #expect(throws: ListenAddress.ParseError.missingPart) { try ListenAddress("") }
        #expect(throws: ListenAddress.ParseError.missingBrackets) { try ListenAddress("::1:8080") }
        for port in ["", "65536", "-1", "+1", "8o", "99999999999999999999"] {
            #expect(throws: ListenAddress.ParseError.invalidPort) { try ListenAddress("localhost:\(port)") }
        }
    }

    @Test func onlyThisMachineIsLoopback() throws {
        for host in ["127.0.0.1", "127.255.255.254", "localhost", "LocalHost", "::1"] {
            #expect(ListenAddress(host: host, port: 0).isLoopback)
        }
        for host in ["0.0.0.0", "::", "128.0.0.1", "127.0.0", "127.0.0.256", "127.0.0.1.example.com", "10.0.0.1", ""] {
            #expect(!ListenAddress(host: host, port: 0).isLoopback)
        }
    }

    @Test func aPortInUseIsReportedAsSuch() async throws {
        try await withServer(ServerRouter.make()) { port in
            let second = try HTTPServer(
                configuration: ServerConfiguration(address: ListenAddress(host: "127.0.0.1", port: port)),
                router: ServerRouter.make(), logger: Logger(label: "test"))
            await #expect(throws: ListenError.addressInUse("127.0.0.1:\(port)")) { try await second.run() }
            await #expect(throws: ListenError.addressInUse("127.0.0.1:\(port)")) { _ = try await second.port }
        }
    }

    @Test func anAddressOfAnotherMachineIsReportedAsSuch() async throws {
        let server = try HTTPServer(
            configuration: ServerConfiguration(address: ListenAddress(host: "192.0.2.1", port: 0)),
            router: ServerRouter.make(), logger: Logger(label: "test"))
        await #expect(throws: ListenError.addressNotAvailable("192.0.2.1:0")) { try await server.run() }
    }

    @Test func aHostWithoutAnAddressIsReportedAsSuch() async throws {
        // A label of 64 letters: no name server has to be asked.
        let host = String(repeating: "a", count: 64) + ".invalid"
        let server = try HTTPServer(
            configuration: ServerConfiguration(address: ListenAddress(host: host, port: 0)),
            router: ServerRouter.make(), logger: Logger(label: "test"))
        await #expect(throws: ListenError.unknownHost("\(host):0")) { try await server.run() }
    }
}
