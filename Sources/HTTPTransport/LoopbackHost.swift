/// Which hosts are this machine, by name alone: no look-up that someone else could answer.
enum LoopbackHost {
    /// Whether `host` (no brackets) is `localhost`, `::1` or a dotted quad in 127.0.0.0/8.
    static func contains(_ host: String) -> Bool {
        if host == "::1" || host.lowercased() == "localhost" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy(isOctet)
    }

    /// 0 to 255 in digits alone and without a leading zero, which some resolvers read as octal.
    private static func isOctet(_ part: Substring) -> Bool {
        guard part.utf8.allSatisfy({ (0x30...0x39).contains($0) }), UInt8(part) != nil else { return false }
        return part.count == 1 || part.first != "0"
    }
}
