internal import LibSodium
public import PrivacyPass

/// Keeps tokens in a file, and never hands one out twice: not to two callers, not to two processes, and not again
/// after a crash.
///
/// A token is unspent, then sending, then gone. It is recorded as sending, with its binding and purpose, before anybody
/// sees it, and stays so until an answer is known: so it is only ever sent again to the same origin with the same
/// binding, which origins answer as they did before. Requests are recorded before they are sent and finished by the
/// next fetch. Each change replaces the whole file (mode 0600) and is durable when the call returns; it is
/// encrypted if there is a ``WalletKey``. One process at a time has the file.
public actor Wallet {
    private let file: WalletFile
    private let key: WalletKey?
    private(set) var contents: WalletContents
    private var isClosed = false
    /// Requests that a running fetch sees to.
    var fetching: Set<Nonce> = []
    /// Requests without an answer that cannot be written down.
    var unstored: [OpenRequest] = []
    /// How many tokens were asked for and will never come, and nobody was told yet.
    var abandoned = 0
    /// Sessions that are being opened, for all who ask meanwhile.
    var openings: [SessionKind: Task<Session, any Error>] = [:]
    let claims = Claims()
    private nonisolated let executor: BlockingExecutor

    /// The thread of this wallet: a call may wait for the disk, or compute for some ten milliseconds.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Opens the wallet at `path`, whose directory must exist; a missing file is made with the first token, unless
    /// `mayBeAbsent` is false. With a `key` it is sealed, from the next change on where it was not.
    ///
    /// Reads the file on the calling thread. Throws ``WalletError/inUse``, ``WalletError/absent``,
    /// ``WalletError/corrupt``, ``WalletError/sealed``, ``WalletError/newerVersion`` or
    /// ``WalletError/fileSystem(code:)``, and then has changed nothing.
    public init(path: String, key: WalletKey? = nil, mayBeAbsent: Bool = true) throws(WalletError) {
        file = try WalletFile(path: path, mayBeAbsent: mayBeAbsent)
        self.key = key
        contents =
            if let bytes = try file.read() { try WalletContents(decoding: bytes, openedWith: key) } else {
                WalletContents()
            }
        executor = BlockingExecutor(label: "portes.wallet")
    }

    /// Unspent tokens that differ only in what makes each unique.
    public struct Holding: Sendable, Hashable {
        /// What they are good for, if their issuer says so.
        public let capability: Capability?
        /// The challenge that they answer.
        public let challenge: TokenChallenge
        /// The key that made them.
        public let keyID: TokenKeyID
        /// How many there are.
        public let count: Int
        /// Where they are not sent, since the origin said that it takes no tokens of this key.
        public let setAside: [SetAside]

        /// Whether a spend at an origin that sent the challenge may use them.
        public func isUsable(at origin: ServerName) -> Bool {
            !setAside.contains { $0.origin.isSameServer(as: origin) }
        }
    }

    /// What is unspent, that of the oldest key first.
    public var holdings: [Holding] {
        contents.lots.map { lot in
            let keyID = lot.keyID
            return Holding(
                capability: lot.capability, challenge: lot.challenge, keyID: keyID, count: lot.count,
                setAside: contents.setAside.filter { $0.keyID == keyID }.map {
                    SetAside(origin: $0.origin, reason: $0.reason)
                })
        }
    }

    /// The origins to which tokens were sent without an answer being known yet.
    public var unanswered: [ServerName] { contents.spendings.map(\.origin) }

    /// Takes one token of a kind; the kind has a capability only where the issuer names one.
    func take(
        ofKind capability: Capability?, for challenge: TokenChallenge, at origin: ServerName, binding: [UInt8]?,
        purpose: [UInt8], use: WalletContents.Sent.Use = .redemption
    ) throws(WalletError) -> Spending {
        guard challenge.allows(origin: origin) else { throw .wrongOrigin }
        let binding = binding ?? Randomness.bytes(Bytes32.count)
        guard (16...256).contains(binding.count), purpose.count <= Int(UInt16.max) else { throw .wrongLength }
        var next = contents
        guard let token = next.take(capability, for: challenge, at: origin) else { throw .empty }
        let sent = WalletContents.Sent(token: token, origin: origin, binding: binding, purpose: purpose, use: use)
        next.spendings.append(sent)
        try save(next)
        _ = claims.claim(sent.nonce)
        return Spending(sent, wallet: self)
    }

    /// A token that was taken for `origin` earlier, in this run or before, and whose answer is not known: to be sent
    /// again as it was. `nil` if there is none that nobody else holds.
    public func resume(at origin: ServerName) -> Spending? {
        for nonce in unansweredNonces(at: origin) {
            if let spending = resume(nonce) { return spending }
        }
        return nil
    }

    /// Those that were sent for a use, the earliest first.
    func unansweredNonces(at origin: ServerName, for use: WalletContents.Sent.Use = .redemption) -> [Nonce] {
        contents.spendings.filter { $0.origin.isSameServer(as: origin) && $0.use == use }.map(\.nonce)
    }

    func resume(_ nonce: Nonce) -> Spending? {
        let sent = contents.spendings.first { $0.nonce == nonce && claims.claim(nonce) }
        return sent.map { Spending($0, wallet: self) }
    }

    /// Drops the unspent tokens of a key that is revoked or whose time is over, and says how many there were.
    /// Requests under that key that no running fetch sees to are dropped as well.
    ///
    /// Those that were sent stay until their answer is known, which an origin still gives for a while.
    @discardableResult
    public func discard(_ keyID: TokenKeyID) throws(WalletError) -> Int {
        var next = contents
        next.lots.removeAll { $0.keyID == keyID }
        next.requests.removeAll { $0.stored.tokenKey.id == keyID && !fetching.contains($0.id) }
        next.series.removeAll { series in
            series.series.tokenKey.id == keyID && !series.open.keys.contains { fetching.contains($0) }
        }
        unstored.removeAll { $0.tokenKey.id == keyID && !fetching.contains($0.id) }
        let count = contents.tokenCount - next.tokenCount
        if count > 0 || next.requests.count < contents.requests.count || next.series.count < contents.series.count {
            try save(next)
        }
        return count
    }

    func settle(_ nonce: Nonce) throws(WalletError) {
        var next = contents
        next.spendings.removeAll { $0.nonce == nonce }
        try save(next)
    }

    /// Lets another process, or another ``Wallet``, open the file at once; afterwards every change throws
    /// ``WalletError/closed``.
    ///
    /// A wallet that is only let go of releases its file too, but perhaps a moment later.
    public func close() {
        isClosed = true
        file.release()
    }

    /// Makes a change durable, and only then takes it over.
    func save(_ next: WalletContents) throws(WalletError) {
        guard !isClosed else { throw .closed }
        var next = next
        next.forgetIdleKeys()
        try file.replace(with: next.encoded(sealedWith: key))
        contents = next
    }
}
