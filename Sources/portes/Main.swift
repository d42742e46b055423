import ArgumentParser

/// Runs the command that was typed; every error that leaves a command is reported here and nowhere else.
@main
enum Main {
    static func main() async {
        Output.prepare()
        do {
            var command = try Portes.parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            CommandReport(error).exit()
        }
    }
}
