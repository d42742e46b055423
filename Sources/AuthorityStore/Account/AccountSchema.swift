/// What migration `5-accounts` adds.
enum AccountSchema {
    /// An account is a key; `account_credit` is what statements gave it, `account_draw` what it drew under a key, which
    /// is forgotten with the key's requests. No time anywhere, and no row of a request names an account.
    static let accounts = """
        CREATE TABLE account (key BLOB PRIMARY KEY NOT NULL CHECK (length(key) = 32)) STRICT, WITHOUT ROWID;
        CREATE TABLE account_credit (
            account BLOB NOT NULL REFERENCES account (key),
            capability TEXT NOT NULL,
            tokens INTEGER NOT NULL CHECK (tokens >= 0),
            PRIMARY KEY (account, capability)
        ) STRICT, WITHOUT ROWID;
        CREATE TABLE account_draw (
            key_id BLOB NOT NULL REFERENCES token_key (id),
            account BLOB NOT NULL REFERENCES account (key),
            quota_tokens INTEGER NOT NULL CHECK (quota_tokens >= 0),
            credit_tokens INTEGER NOT NULL CHECK (credit_tokens >= 0),
            PRIMARY KEY (key_id, account)
        ) STRICT, WITHOUT ROWID;
        CREATE INDEX account_draw_account ON account_draw (account);
        """

    /// Statements that were used, by a keyed digest. Apart from accounts: nothing says whose they were. `last_day` is
    /// the day, since 1970, after whose end nobody can use it any more.
    static let statements = """
        CREATE TABLE used_statement (
            id BLOB PRIMARY KEY NOT NULL CHECK (length(id) = 32),
            last_day INTEGER NOT NULL
        ) STRICT, WITHOUT ROWID;
        """

    /// `is_closed` is for good: from then on requests of the key are forgotten, so none may be charged any more,
    /// whatever a clock says.
    static let closedEpochs = """
        ALTER TABLE token_key ADD COLUMN is_closed INTEGER NOT NULL DEFAULT 0 CHECK (is_closed IN (0, 1));
        UPDATE token_key SET is_closed = 1 WHERE truncated IS NULL;
        """
}
