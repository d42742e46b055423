import Foundation

/// Where settings come from: a flag goes over the environment, that over the file, that over the default.
enum Setting {
    /// The value given for a setting, or `nil` if none was.
    static func value(_ flag: String?, variable: String, file: String?) -> String? {
        if let flag { return flag }
        if let value = ProcessInfo.processInfo.environment[variable], !value.isEmpty { return value }
        return file
    }

    /// The value of a setting that must be given; `flagName` and `variable` are for the hint.
    static func required(_ flag: String?, flagName: String, variable: String, file: String?) throws -> String {
        guard let value = value(flag, variable: variable, file: file) else {
            throw CommandFailure.usage(
                "\(flagName) is not given", hint: "give it with \(flagName), in \(variable) or in the file of --config")
        }
        return value
    }
}
