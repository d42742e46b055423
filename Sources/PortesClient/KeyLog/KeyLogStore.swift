/// Where a client keeps what it saw last of an issuer's key log, so that it notices after a restart if the log goes
/// back on it.
///
/// ``Wallet`` keeps it by itself, ``KeyLogFile`` in a file; an app may bring its own. It belongs where wallets do:
/// private, durable, and never sent to anybody, as it tells when this client last looked.
public protocol KeyLogStore: Sendable {
    /// What was kept last, some hundred bytes; `nil` if there is nothing.
    func load() async throws -> [UInt8]?
    /// Keeps these bytes in place of what was kept before, durably when it returns.
    func save(_ bytes: [UInt8]) async throws
}
