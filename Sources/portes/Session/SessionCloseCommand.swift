import ArgumentParser
import KeySchedule
import PortesClient
import PrivacyPass

/// `portes session close`: ends sessions before their time.
struct SessionCloseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "close",
        abstract: "Close the wallet's session at a service before its end.",
        discussion: """
            The service lets nobody in with it any more, and does not learn who closed it. A gateway that checks sessions \
            with the service's key set alone hears of it by /sessions/closed, if it asks.

            EXAMPLE: portes session close --wallet my.wallet --origin https://play.example
            """)

    @OptionGroup var wallet: WalletOptions
    @OptionGroup var place: SessionOptions

    func run() async throws {
        let origin = try place.client()
        let capability = try ClientArgument.capability(place.capability)
        let wallet = try wallet.openExisting()
        let open = await wallet.sessions(at: SystemTimeSource().now().wall).filter {
            $0.origin.isSameServer(as: origin.name) && $0.session.capability == capability
                && $0.session.isBound == !place.bearer
        }
        guard !open.isEmpty else {
            throw CommandFailure(
                "the wallet has no such session at this service", hint: "see what it has with portes session list")
        }
        for session in open { try await wallet.close(session.session, at: origin, path: place.sessionPath) }
        Output.note("the session is closed")
    }
}
