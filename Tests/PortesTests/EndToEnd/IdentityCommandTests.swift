import Foundation
import TestSupport
import Testing

@testable import portes

/// `portes id` as a person's device runs it, and a real service.
@Suite(.serialized, .timeLimit(.minutes(5))) struct IdentityCommandTests {
    private let place: TemporaryDirectory
    private let service: [String]

    init() throws {
        place = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: place.path, withIntermediateDirectories: true)
        service = ["--audience", DemoService.audience, "--service"]
    }

    private func identity(_ name: String = "me") -> [String] { ["--identity", "\(place.path)/\(name).portes"] }

    private func file(_ text: String, _ name: String = "code") throws -> String {
        let path = "\(place.path)/\(name).txt"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return path
    }

    private func created(_ name: String = "me") throws -> String {
        let run = try CommandRun(["id", "create"] + identity(name))
        try #require(run.code == 0, "\(run.errors)")
        return run.output.trimmingCharacters(in: .newlines)
    }

    @Test func aNewIdentityIsPrivateAndPrintsItsCode() throws {
        let code = try created()
        #expect(code.wholeMatch(of: /([0-9a-z]{5}-){13}[0-9a-z]{5}/) != nil)
        #expect(try place.mode(place.path + "/me.portes") == 0o600)
        #expect(try CommandRun(["id", "show", "--code"] + identity()).output == code + "\n")
        let again = try CommandRun(["id", "create"] + identity())
        #expect(again.code == 1 && again.output.isEmpty)
        #expect(again.errors == """
            portes: error: there is an identity at \(place.path)/me.portes already
            portes: hint: name another file with --identity; nothing was changed\n
            """)
    }

    @Test func aMistypedCodeIsRefusedWithTheGroupInWhichItIs() throws {
        let code = try created()
        var groups = code.split(separator: "-").map(String.init)
        groups[4] = String(groups[4].reversed()) == groups[4] ? "00000" : String(groups[4].reversed())
        let wrong = try CommandRun(
            ["id", "recover", "--code-file", try file(groups.joined(separator: " "))] + identity("other"))
        #expect(wrong.code == 1)
        #expect(wrong.errors == """
            portes: error: the group 5 of the recovery code is not as written down
            portes: hint: compare it with the paper; a code has 14 groups of 5\n
            """)
        #expect(!FileManager.default.fileExists(atPath: place.path + "/other.portes"))
    }

    @Test func aPersonIsKnownAgainOnAnotherDeviceWithNothingButTheCode() async throws {
        let code = try created()
        let path = try file(code.uppercased().replacing("-", with: " "))
        let (mine, other, service) = (identity(), identity("other"), service)
        try await DemoService.serving(accountsIn: place.path + "/accounts") { url in
            let first = try await CommandRun.offPool(["id", "sign-in"] + mine + service + [url])
            #expect(first.code == 0 && first.output.hasPrefix("welcome, "), "\(first.errors)")
            let again = try await CommandRun.offPool(["id", "sign-in"] + mine + service + [url])
            let name = first.output.dropFirst("welcome, ".count)
            #expect(again.output == "welcome back, \(name)")
            let recovered = try await CommandRun.offPool(["id", "recover", "--code-file", path] + other)
            #expect(recovered.code == 0, "\(recovered.errors)")
            let there = try await CommandRun.offPool(["id", "sign-in"] + other + service + [url])
            #expect(there.output == "welcome back, \(name)")
        }
    }

    @Test func aChangedSecretIsToldAtTheNextSignInAndTheOldOneIsRefusedThen() async throws {
        let code = try created()
        let path = try file(code)
        let (mine, thief, service) = (identity(), identity("thief"), service)
        try await DemoService.serving(accountsIn: place.path + "/accounts") { url in
            let first = try await CommandRun.offPool(["id", "sign-in"] + mine + service + [url])
            let rekeyed = try await CommandRun.offPool(["id", "rekey"] + mine)
            #expect(rekeyed.code == 0 && rekeyed.output != code + "\n")
            #expect(rekeyed.errors.hasSuffix("now sign in once at: radio.example\n"))
            let shown = try await CommandRun.offPool(["id", "show"] + mine)
            #expect(shown.output.contains("radio.example  an earlier secret"))
            let again = try await CommandRun.offPool(["id", "sign-in"] + mine + service + [url])
            #expect(again.output == first.output.replacing("welcome,", with: "welcome back,"))
            #expect(try await CommandRun.offPool(["id", "show"] + mine).output.contains("radio.example  the newest"))
            _ = try await CommandRun.offPool(["id", "recover", "--code-file", path] + thief)
            let late = try await CommandRun.offPool(["id", "sign-in"] + thief + service + [url])
            #expect(late.code == 1 && late.errors.contains("was told of a newer secret"), "\(late.errors)")
        }
    }

    @Test func anErasedAccountIsGoneThereAndADeviceThatIsErasedKeepsNothing() async throws {
        _ = try created()
        let (mine, service, place) = (identity(), service, place)
        try await DemoService.serving(accountsIn: place.path + "/accounts") { url in
            let first = try await CommandRun.offPool(["id", "sign-in"] + mine + service + [url])
            let asked = try await CommandRun.offPool(["id", "erase"] + mine + service + [url])
            #expect(asked.code == 1 && asked.errors.contains("add --yes if it is meant"))
            let erased = try await CommandRun.offPool(["id", "erase", "--yes"] + mine + service + [url])
            #expect(erased.code == 0 && erased.errors == "erased the account at radio.example\n")
            let twice = try await CommandRun.offPool(["id", "erase", "--yes"] + mine + service + [url])
            #expect(twice.code == 1 && twice.errors.contains("has no account of this identity"))
            let anew = try await CommandRun.offPool(["id", "sign-in"] + mine + service + [url])
            #expect(anew.output == first.output)
        }
        let device = try CommandRun(["id", "erase", "--device"] + mine)
        #expect(device.code == 1 && device.errors.contains("there may be accounts at radio.example"))
        #expect(try CommandRun(["id", "erase", "--device", "--yes"] + mine).code == 0)
        let left = try FileManager.default.contentsOfDirectory(atPath: place.path)
        #expect(left == ["accounts"])
    }

    @Test func nothingIsSignedForAServiceOfAnotherName() async throws {
        _ = try created()
        let mine = identity()
        try await DemoService.serving(accountsIn: place.path + "/accounts") { url in
            let run = try await CommandRun.offPool(["id", "sign-in", "--service", url] + mine)
            #expect(run.code == 1)
            #expect(run.errors == """
                portes: error: the service asks in the name of radio.example; nothing was signed
                portes: hint: if it is the service you mean, add --audience radio.example\n
                """)
        }
    }

    @Test func whatIsNoIdentityIsSaidToBeNone() throws {
        let absent = try CommandRun(["id", "show"] + identity("absent"))
        #expect(absent.code == 1 && absent.errors.contains("there is no identity at"))
        #expect(!FileManager.default.fileExists(atPath: place.path + "/absent.portes.lock"))
        _ = try created()
        let path = place.path + "/me.portes"
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[20] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let damaged = try CommandRun(["id", "rekey"] + identity())
        #expect(damaged.code == 1 && damaged.output.isEmpty && damaged.errors.contains("is damaged, or no identity"))
    }
}

extension CommandRun {
    /// As ``init(_:environment:executable:)``, for a caller whose threads are needed by a server meanwhile.
    static func offPool(_ arguments: [String]) async throws -> CommandRun {
        try await OffPool.run { try CommandRun(arguments) }
    }
}
