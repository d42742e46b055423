import ArgumentParser

/// `portes receipt`: what clearing servers say about spent tokens.
struct ReceiptCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "receipt", abstract: "Check receipts for spent tokens.", subcommands: [ReceiptVerifyCommand.self])
}
