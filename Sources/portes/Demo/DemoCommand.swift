import ArgumentParser
import Foundation

/// `portes demo`: the whole path on this machine.
struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Run an authority, a clearing server and an app on this machine, and show what each sees.",
        discussion: """
            Starts both servers as child processes on loopback with a temporary directory, which is removed at the \
            end. Exits with 0 only if every step came out as it should.

            EXAMPLE: portes demo
            """)

    @Flag(help: "Leave the servers running until this command is interrupted, and print commands to try.")
    var stay = false
    @Option(help: "The directory to work in; a temporary one if it is absent.") var directory: String?

    func run() async throws {
        let place = try DemoDirectory(directory)
        defer { place.remove() }
        let stay = stay
        // Interrupted at any point, the servers end before this command does.
        try await Interruption.race {
            let servers = try await DemoServers.start(in: place, withTickets: true, withOtherTypes: true, withAgeCheck: true)
            do {
                try await DemoStory(servers: servers, place: place).tell()
                if stay {
                    try servers.printCommands(in: place)
                    await Interruption.wait()
                }
            } catch {
                await servers.stop()
                throw error
            }
            await servers.stop()
        }
    }
}
