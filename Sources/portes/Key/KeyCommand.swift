import ArgumentParser

/// `portes key`: the keys that issue tokens.
struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key",
        abstract: "Create, plan and withdraw the keys that issue tokens.",
        discussion: """
            WHEN TO USE WHICH               COMMAND                  ITS OLD TOKENS
              it is time for a new key      none: see plan           good until its date
              the capability is given up    retire ID                good until its date
              something is wrong with it    revoke ID                refused at once
              others may have it            revoke ID --compromised  refused at once

            EXAMPLE: portes key create --capability session
            """,
        subcommands: [
            KeyCreateCommand.self, KeyListCommand.self, KeyPlanCommand.self, KeyRotateCommand.self,
            KeyRetireCommand.self, KeyRevokeCommand.self, KeyExportCommand.self, KeyImportCommand.self,
            KeyBackupCommand.self, KeyRestoreCommand.self, KeyPassphraseCommand.self,
        ])
}
