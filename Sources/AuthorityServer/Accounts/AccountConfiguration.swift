package import Accounts
package import Statements

/// How accounts are opened, and whose statements are taken.
package struct AccountConfiguration: Sendable {
    /// How an account may be paid for.
    package var fees: Set<AccountFee.Kind>
    /// How many leading zero bits a proof of work has to have.
    package var difficulty: UInt8
    /// How many tokens an account takes off a voucher's worth.
    package var voucherTokens: Int64
    /// How many accounts are opened for a proof of work or a statement, or closed, in a minute at most.
    package var changesPerMinute: Int
    /// The parties whose statements are taken.
    package var parties: [Party]

    /// The proof of work that is asked for where nothing else is said: about a second on a telephone.
    package static let standardDifficulty: UInt8 = 20
    /// How many accounts are opened or closed in a minute where nothing else is said.
    package static let standardChangesPerMinute = 600

    /// A party, and where its keys are.
    package struct Party: Sendable {
        /// Who it is and what it may say.
        package var issuer: StatementIssuer
        /// Where its JSON Web Key Set is.
        package var keys: KeySet

        /// A party from its parts.
        package init(issuer: StatementIssuer, keys: KeySet) {
            self.issuer = issuer
            self.keys = keys
        }
    }

    /// Where a JSON Web Key Set is read.
    package enum KeySet: Sendable, Hashable {
        /// In the file at this path.
        case file(String)
        /// At this URL.
        case url(String)
    }

    /// A configuration from its parts.
    package init(
        fees: Set<AccountFee.Kind> = [.proofOfWork], difficulty: UInt8 = standardDifficulty, voucherTokens: Int64 = 1,
        changesPerMinute: Int = standardChangesPerMinute, parties: [Party] = []
    ) {
        self.fees = fees
        self.difficulty = difficulty
        self.voucherTokens = voucherTokens
        self.changesPerMinute = changesPerMinute
        self.parties = parties
    }
}
