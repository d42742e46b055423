import HTTPTransport
import NIOCore
import NIOPosix
import ServerSupport
import Testing

@Suite(.timeLimit(.minutes(5))) struct FailureTests {
    @Test(arguments: [
        "http://example.com/", "http://127.0.0.1.example.com/", "http://128.0.0.1/", "http://0127.0.0.1/",
        "http://10.0.0.1/", "http://127.0.0.01/",
        "http://127.1/", "http://2130706433/", "http://localhost.example.com/", "http://[::2]/", "HTTP://example.com/",
        "http://0.0.0.0/", "http://[::ffff:127.0.0.1]/",
    ])
    func plainHTTPToAnotherMachineIsRefused(url: String) async throws {
        try await withTransport { transport in
            await #expect { try await transport.get(url) } throws: { error in
                if case HTTPTransportError.plainHTTP = error { true } else { false }
            }
        }
    }

    @Test(arguments: [
        "", "/path", "example.com", "ftp://example.com/", "https://", "https:///path", "https://user@example.com/",
        "https://user:pass@example.com/", "https://example.com/#part", "http+unix://%2Ftmp%2Fs/", "unix:/tmp/s",
        "https://exa mple.com/", "file:///etc/passwd",
    ])
    func whatIsNoURLIsRefused(url: String) async throws {
        try await withTransport { transport in
            await #expect(throws: HTTPTransportError.invalidURL) { try await transport.get(url) }
        }
    }

    @Test func headerFieldsCannotBeginALineOfTheirOwn() async throws {
        try await withTransport { transport in
            for (name, value) in [
                ("A", "b\r\nC: d"), ("A", "b\n"), ("A", "\u{0}"), ("A b", "c"), ("", "c"), ("A:", "c"),
            ] {
                await #expect(throws: HTTPTransportError.invalidHeader) {
                    try await transport.get("http://127.0.0.1:1/", headers: [(name: name, value: value)])
                }
            }
        }
    }

    @Test func aPortThatNobodyListensOnIsReportedAtOnce() async throws {
        try await withTransport { transport in
            // Refused and not timed out: nothing waited for an answer that cannot come.
            await #expect(throws: HTTPTransportError.refused("127.0.0.1:1")) {
                try await transport.get("http://127.0.0.1:1/")
            }
        }
    }

    @Test func aHostWithoutAnAddressIsReported() async throws {
        // A label of 64 letters: no name server has to be asked.
        let host = String(repeating: "a", count: 64) + ".invalid"
        try await withTransport { transport in
            await #expect(throws: HTTPTransportError.unknownHost(host)) {
                try await transport.get("https://\(host)/")
            }
        }
    }

    @Test(arguments: ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"])
    func anAnswerThatDoesNotComeOrTricklesTimesOut(beginning: String) async throws {
        try await withRawServer { inbound, outbound in
            _ = try await inbound.head()
            if !beginning.isEmpty { try await outbound.write(ByteBuffer(string: beginning)) }
            _ = try await inbound.next()
        } _: { port in
            try await withTransport { transport in
                await #expect(throws: HTTPTransportError.timedOut("127.0.0.1:\(port)")) {
                    try await transport.get("http://127.0.0.1:\(port)/", timeout: .milliseconds(200))
                }
            }
        }
    }

    @Test func aBodyThatTricklesForEverTimesOut() async throws {
        try await withRawServer { inbound, outbound in
            _ = try await inbound.head()
            try await outbound.write(ByteBuffer(string: "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"))
            while true {
                try await outbound.write(ByteBuffer(string: "a"))
                try await Task.sleep(for: .milliseconds(10))
            }
        } _: { port in
            try await withTransport { transport in
                await #expect(throws: HTTPTransportError.timedOut("127.0.0.1:\(port)")) {
                    try await transport.get("http://127.0.0.1:\(port)/", timeout: .milliseconds(200))
                }
            }
        }
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    ])
    func anAnswerCutShortIsNeverSeenAsWhole(answer: String) async throws {
        try await withRawServer { inbound, outbound in
            _ = try await inbound.head()
            if !answer.isEmpty { try await outbound.write(ByteBuffer(string: answer)) }
        } _: { port in
            try await withTransport { transport in
                await #expect {
                    try await transport.get("http://127.0.0.1:\(port)/")
                } throws: { error in
                    [.connectionClosed("127.0.0.1:\(port)"), .invalidResponse("127.0.0.1:\(port)")]
                        .contains(error as? HTTPTransportError)
                }
            }
        }
    }

    @Test func anAnswerThatIsNotHTTPIsReported() async throws {
        try await withRawServer { inbound, outbound in
            _ = try await inbound.head()
            try await outbound.write(ByteBuffer(string: "SSH-2.0-OpenSSH_9.2\r\n"))
            _ = try await inbound.next()
        } _: { port in
            try await withTransport { transport in
                await #expect(throws: HTTPTransportError.invalidResponse("127.0.0.1:\(port)")) {
                    try await transport.get("http://127.0.0.1:\(port)/")
                }
            }
        }
    }

    @Test func aCancelledTaskStopsWaiting() async throws {
        try await withRawServer { inbound, _ in
            _ = try await inbound.head()
            _ = try await inbound.next()
        } _: { port in
            try await withTransport { transport in
                let task = Task { try await transport.get("http://127.0.0.1:\(port)/", timeout: .seconds(60)) }
                task.cancel()
                await #expect(throws: HTTPTransportError.cancelled) { try await task.value }
            }
        }
    }

    @Test func aTransportThatWasShutDownSaysSo() async throws {
        let transport = try HTTPTransport()
        await transport.shutdown()
        await transport.shutdown()
        await #expect(throws: HTTPTransportError.shutDown) { try await transport.get("http://127.0.0.1:1/") }
    }
}
