import Disclosure

/// What is kept of accounts, and of statements that were used.
extension AccountSchema {
    static let tables = [
        DeclaredTable("account", "Accounts: a key each, and nothing else", lifetime: untilClosed, [
            DeclaredColumn("key", "a public key, which its holder made for this authority alone"),
        ]),
        DeclaredTable("account_credit", "What statements gave an account", lifetime: untilClosed, [
            DeclaredColumn("account", "the account's key"), DeclaredColumn("capability", "a capability"),
            DeclaredColumn("tokens", "how many tokens are left, of all statements together"),
        ]),
        DeclaredTable("account_draw", "What an account drew under a key, for quotas", lifetime: keyEndOrClosed, [
            DeclaredColumn("key_id", "the key"), DeclaredColumn("account", "the account's key"),
            DeclaredColumn("quota_tokens", "how many tokens, out of the quota"),
            DeclaredColumn("credit_tokens", "how many tokens, out of statements"),
        ]),
        DeclaredTable(
            "used_statement", "Statements that cannot be used again; not whose they were", lifetime: untilOver, [
                DeclaredColumn("id", "a keyed digest of the statement's id"),
                DeclaredColumn("last_day", "the day after which nobody can use it"),
            ]),
    ]

    private static let untilClosed = "until its holder closes the account"
    private static let keyEndOrClosed = "until the key's tokens are accepted no more and a day, or the account is closed"
    private static let untilOver = "until the statement is over, at most 31 days"
}
