import Foundation
import TestSupport
import Testing

@testable import portes

/// Standard output and standard error that cannot be written: one line where possible, and never a crash.
@Suite(.timeLimit(.minutes(5))) struct OutputTests {
    /// Runs a line of a shell, in which `$portes` is the command.
    private func shell(_ line: String) throws -> CommandRun {
        try CommandRun(
            ["-c", line], environment: ["portes": ChildProcess.executable.path], executable: URL(filePath: "/bin/sh"))
    }

    @Test(arguments: ["--help", "conformance --help", "clearing identity --data $TMPDIR/out-$$"])
    func aFullDiskIsOneErrorAndExits1(arguments: String) throws {
        let run = try shell("\"$portes\" \(arguments) > /dev/full")
        #expect(run.code == 1)
        #expect(
            run.errors == """
                portes: error: standard output cannot be written: there is no room
                portes: hint: see where standard output goes

                """)
    }

    @Test func aClosedStandardOutputIsAnErrorAndIsNotGivenToAFile() throws {
        let run = try shell("\"$portes\" clearing identity --data $TMPDIR/out-$$ >&-")
        #expect(run.code == 1)
        #expect(run.errors.hasPrefix("portes: error: standard output cannot be written: it is closed\n"))
    }

    @Test func aReaderThatIsGoneEndsACommandQuietly() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let pipe = try DemoDirectory(root.path).root.appending(path: "pipe").path
        // The reader has opened the pipe and is gone before the command begins: nobody races.
        let run = try shell("mkfifo '\(pipe)'; : < '\(pipe)' & exec 3> '\(pipe)'; wait; \"$portes\" --help >&3")
        #expect(run.code == 1)
        #expect(run.errors.isEmpty && run.output.isEmpty)
    }

    @Test(arguments: ["2> /dev/full", "2>&-"]) func aFailingStandardErrorFailsNothing(redirection: String) throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let flags = place.adminFlags.map { "'\($0)'" }.joined(separator: " ")
        #expect(try shell("\"$portes\" key create --capability session \(flags) \(redirection)").code == 0)
        // It has something to say, since nothing is trusted.
        #expect(try shell("\"$portes\" verifier list \(flags) \(redirection)").code == 0)
        #expect(try shell("\"$portes\" key list --nonsense \(redirection)").code == 64)
    }

    @Test func vouchersAreNotMadeForAClosedOutputAndAreNamedWhereTheirCodesAreLost() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let flags = place.adminFlags.map { "'\($0)'" }.joined(separator: " ")
        #expect(try CommandRun(["key", "create", "--capability", "session"] + place.adminFlags).code == 0)
        let create = "\"$portes\" voucher create --capability session --tokens 5 --count 2 \(flags)"
        #expect(try shell("\(create) >&-").code == 1)
        #expect(try CommandRun(["voucher", "list"] + place.adminFlags).errors.contains("no vouchers"))
        let full = try shell("\(create) > /dev/full")
        #expect(full.code == 1)
        let made = full.errors.matches(of: /portes: note: made voucher ([0-9a-f]+)\n/).map { String($0.1) }
        #expect(made.count == 2)
        for id in made {
            #expect(try CommandRun(["voucher", "revoke", id, "--yes"] + place.adminFlags).code == 0)
        }
    }
}
