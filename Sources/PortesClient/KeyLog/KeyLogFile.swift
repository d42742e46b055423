/// Keeps what was seen of a key log in a file of its own: mode 0600, replaced whole, durable.
///
/// One process at a time has the file.
public actor KeyLogFile: KeyLogStore {
    private let file: WalletFile
    private nonisolated let executor: BlockingExecutor

    /// The thread of this file: a call may wait for the disk.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the file at `path`, whose directory must exist; it is made when there is something to keep.
    ///
    /// Throws ``WalletError/inUse`` or ``WalletError/fileSystem(code:)``.
    public init(path: String) throws(WalletError) {
        file = try WalletFile(path: path)
        executor = BlockingExecutor(label: "portes.key-log-file")
    }

    /// The bytes of the file, or `nil` if there is none; throws ``WalletError``.
    public func load() throws(WalletError) -> [UInt8]? { try file.read() }

    /// Replaces the file; throws ``WalletError``.
    public func save(_ bytes: [UInt8]) throws(WalletError) { try file.replace(with: bytes) }
}
