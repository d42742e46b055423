import Foundation

/// A request with canaries wherever a request has room for them.
struct CanaryRequest {
    var method = "POST"
    let path: String
    var contentType: String?
    var authorization: String?
    var binding: String?
    var proof: String?
    var body: [UInt8] = []

    /// The header fields in which proxies, browsers and apps say who somebody is.
    static let fields = [
        ("User-Agent", "CanaryBrowser/7.7 (Quellwasser)"), ("X-Forwarded-For", "203.0.113.77, 2001:db8:cafe:77::1"),
        ("Forwarded", "for=203.0.113.77;by=\"[2001:db8:cafe:77::1]\""), ("X-Real-IP", "203.0.113.77"),
        ("Cookie", "session=canary-session-58c1e0; mail=wilhelmina.quellwasser@canary.example"),
        ("Referer", "https://canary.example/from/quellwasser?card=4929000012345678"),
        ("From", "wilhelmina.quellwasser@canary.example"), ("X-Request-ID", "canary-session-58c1e0"),
        ("X-User", "Wilhelmina Quellwasser"), ("Accept-Language", "1987-03-14"), ("X-Name", "Zoë Ångström-Okonkwo"),
        ("Idempotency-Key", "4929 0000 1234 5678"), ("X-Address", "Kanarienvogelweg 17, 10115 Berlin"),
        ("X-Phone", "+49 30 901820 4711"), ("Origin", "https://canary.example"),
    ]

    /// A text with every canary in it.
    static let text = Canary.all.map(\.value).joined(separator: "\n")

    /// The request as it is sent, every canary in its query and most in its head.
    var bytes: [UInt8] {
        let query = Canary.all.enumerated().map { "c\($0)=\(Canary.queryEncoded($1.value))" }.joined(separator: "&")
        var head = "\(method) \(path)?\(query) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
        for (name, value) in Self.fields { head += "\(name): \(value)\r\n" }
        if let contentType { head += "Content-Type: \(contentType)\r\n" }
        if let authorization { head += "Authorization: \(authorization)\r\n" }
        if let proof { head += "DPoP: \(proof)\r\n" }
        if let binding { head += "Portes-Binding: \(binding)\r\n" }
        if method != "GET" { head += "Content-Length: \(body.count)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}

/// What came back.
struct CanaryAnswer {
    let bytes: [UInt8]

    /// The status code.
    var status: Int { Int(String(decoding: bytes.dropFirst(9).prefix(3), as: UTF8.self)) ?? 0 }

    /// The body, unless it was sent in chunks.
    var body: [UInt8] {
        let end = Array("\r\n\r\n".utf8)
        guard let start = bytes.indices.first(where: { bytes[$0...].starts(with: end) }) else { return [] }
        return Array(bytes[(start + end.count)...])
    }
}
