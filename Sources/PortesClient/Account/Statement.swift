internal import Accounts
internal import LibSodium

/// What an app asks another party for: a statement for an account of which that party learns nothing.
///
/// The party signs the binding, 43 characters of base64url, as the claim `cnf` with the member `portes-account`. Keep
/// the salt until the statement was presented.
public struct StatementRequest: Sendable, Hashable {
    /// What the party puts into the statement.
    public let binding: String
    /// What shows the authority that the binding is the account's.
    public let salt: [UInt8]

    /// A request for one statement, with a fresh salt: two of them cannot be told to be one account's.
    public init(for account: AccountKey) {
        salt = Randomness.bytes(32)
        // The salt has a length that is taken.
        binding = StatementBinding(account: account.publicKey, salt: salt)?.text ?? ""
    }
}

/// A statement of another party, such as "the bearer may have ten tokens of age-18", with its salt.
public struct Statement: Sendable {
    /// The signed token.
    public let token: String
    /// The salt of the ``StatementRequest`` that it was made for.
    public let salt: [UInt8]

    /// A statement from its parts.
    public init(token: String, salt: [UInt8]) {
        self.token = token
        self.salt = salt
    }

    /// The statement that a party made for a request.
    public init(token: String, for request: StatementRequest) { self.init(token: token, salt: request.salt) }
}

extension Statement: CustomStringConvertible, CustomReflectable {
    /// Says only that this is a statement.
    public var description: String { "Statement" }
    /// Shows no part of it.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
