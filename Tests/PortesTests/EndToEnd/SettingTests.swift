import Foundation
import TestSupport
import Testing

@testable import portes

/// Where a command takes its settings from.
@Suite struct SettingTests {
    @Test func theIdentityIsThatOfTheDirectoryInTheConfigurationFile() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let place = try DemoDirectory(root.path)
        let file = try place.write("clearing:\n  data: \(place.clearingData)\n", to: "portes.yaml")
        let byFlag = try CommandRun(["clearing", "identity", "--data", place.clearingData])
        #expect(byFlag.code == 0 && !byFlag.output.isEmpty)
        #expect(try CommandRun(["clearing", "identity", "--config", file]).output == byFlag.output)
        let byVariable = try CommandRun(["clearing", "identity"], environment: ["PORTES_CONFIG": file])
        #expect(byVariable.output == byFlag.output)
    }

    @Test func aFlagGoesOverTheEnvironmentAndThatOverTheFile() throws {
        let root = URL(filePath: TemporaryDirectory.newPath())
        defer { try? FileManager.default.removeItem(at: root) }
        let file = try DemoDirectory(root.path).write("authority:\n  data: /nowhere/file\n", to: "portes.yaml")
        let flag = ["--data", "/nowhere/flag"]
        let variable = ["PORTES_DATA": "/nowhere/variable"]
        let cases: [(flag: [String], variable: [String: String], directory: String)] = [
            ([], [:], "/nowhere/file"), ([], variable, "/nowhere/variable"), (flag, variable, "/nowhere/flag"),
            (flag, [:], "/nowhere/flag"),
        ]
        for (flag, variable, directory) in cases {
            let run = try CommandRun(["key", "list", "--config", file] + flag, environment: variable)
            #expect(run.code == 1)
            #expect(run.errors.hasPrefix("portes: error: there is no authority in \(directory)\n"))
        }
    }
}
