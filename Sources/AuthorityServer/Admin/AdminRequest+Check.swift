import Attestation
import AuthorityStore
package import KeySchedule
import PrivacyPass
import Revocation

extension AdminRequest {
    /// The longest epoch and the longest acceptance after it: ten years in seconds.
    private static let longestPeriod: Int64 = 10 * 365 * 86_400
    /// The most tokens that one voucher is worth, and the most vouchers that are made at once.
    private static let (mostTokens, mostVouchers) = (1_000_000, 10_000)

    /// Throws what cannot be right whatever the authority holds, in the words of the command line.
    ///
    /// A command asks before it opens or makes anything, and the handler again.
    package func check(at now: UnixTime) throws(AdminRefusal) {
        switch self {
        case .createKey(let parameters): try Self.check(parameters, at: now)
        case .importKey(let parameters, let id):
            try Self.check(parameters, at: now)
            try Self.checkKeyID(id)
        case .rotateKey(let capability): try Self.checkCapability(capability, as: "the capability")
        case .findKey(let id), .retireKey(let id), .revokeToken(_, keyID: let id, _): try Self.checkKeyID(id)
        case .planKeys(let days): try Self.checkNumber(days, upTo: 3_660, of: "--days", example: 30)
        case .revokeKey(let id, let reason), .previewRevocation(let id, let reason):
            try Self.checkKeyID(id)
            try Self.checkReason(reason)
        case .revokeVerifier(_, let reason): try Self.checkReason(reason)
        case .revokeCapability(let name, let from, let reason):
            try Self.checkCapability(name, as: "the capability")
            try Self.checkReason(reason)
            guard from >= now.startOfDay else {
                throw AdminRefusal(
                    "--from is in the past: what was spent until now stays spent",
                    hint: "give today, \(now.dateText), or a later day")
            }
        case .findNewlyTrusted(let capability, _): try Self.checkCapability(capability, as: "the capability")
        case .addVerifier(let name, let publicKey, let capabilities, _):
            try Self.checkVerifier(name, publicKey, capabilities)
        case .createVouchers(let capability, let tokens, let count):
            try Self.checkCapability(capability, as: "--capability")
            try Self.checkNumber(tokens, upTo: Self.mostTokens, of: "--tokens", example: 100)
            try Self.checkNumber(count, upTo: Self.mostVouchers, of: "--count", example: 20)
        case .findVoucher(let id), .revokeVoucher(let id): try Self.checkVoucherID(id)
        case .listKeys, .exportLog, .takeSnapshot, .takeInventory, .exportKeys, .listVerifiers, .findVerifier,
            .removeVerifier, .listVouchers, .listRevocations, .describe:
            break
        }
    }

    private static func check(_ key: KeyParameters, at now: UnixTime) throws(AdminRefusal) {
        try checkCapability(key.capability, as: "--capability")
        guard (1...longestPeriod).contains(key.epoch) else {
            throw AdminRefusal("--epoch takes 1 second to 10 years", hint: "for example --epoch 7d")
        }
        guard (0...longestPeriod).contains(key.acceptance) else {
            throw AdminRefusal("--acceptance takes at most 10 years", hint: "for example --acceptance 7d")
        }
        guard key.announcement.map((0...longestPeriod).contains) ?? true else {
            throw AdminRefusal("--announcement takes at most 10 years", hint: "for example --announcement 1d")
        }
        let type = TokenType(rawValue: key.tokenType ?? TokenType.standard.rawValue)
        guard TokenType.implemented.contains(type) else {
            throw AdminRefusal("--token-type does not take \(type.rawValue)", hint: TokenType.choice("--token-type"))
        }
        if let capability = Capability(key.capability) { _ = try key.terms(for: capability, type) }
        if let start = key.notBefore, start < now {
            throw AdminRefusal(
                "--not-before is in the past",
                hint: "give UNIX seconds that are to come, or leave it out to begin at once")
        }
    }

    private static func checkCapability(_ name: String, as setting: String) throws(AdminRefusal) {
        guard Capability(name) == nil else { return }
        let example = setting.hasPrefix("--") ? "\(setting) session" : "session"
        throw AdminRefusal(
            "\(setting) cannot be '\(name)'",
            hint: "use 1 to 63 lower-case letters, digits and hyphens, for example \(example)")
    }

    private static func checkKeyID(_ digits: String) throws(AdminRefusal) {
        guard (8...64).contains(digits.utf8.count), digits.utf8.allSatisfy(isHexDigit) else {
            throw AdminRefusal(
                "'\(digits)' is no key id: it has 8 to 64 hexadecimal digits",
                hint: "copy it from portes key list, for example 3f9a0c51")
        }
    }

    private static func checkVoucherID(_ digits: String) throws(AdminRefusal) {
        guard (8...2 * VoucherID.count).contains(digits.utf8.count), digits.utf8.allSatisfy(isHexDigit) else {
            throw AdminRefusal(
                "a voucher's id has 8 to \(2 * VoucherID.count) hexadecimal digits",
                hint: "copy it from portes voucher list, for example 5b0f2e77")
        }
    }

    private static func checkReason(_ name: String) throws(AdminRefusal) {
        guard RevocationReason(name: name) == nil else { return }
        throw AdminRefusal(
            "--reason does not take '\(name)'",
            hint: "reasons are \(RevocationReason.allCases.map(\.name).joined(separator: ", "))")
    }

    private static func checkVerifier(
        _ name: String, _ publicKey: String, _ capabilities: [String]
    ) throws(AdminRefusal) {
        guard (1...63).contains(name.utf8.count), name.utf8.allSatisfy(isNameByte) else {
            throw AdminRefusal(
                "'\(name)' is no name of a verifier",
                hint: "use up to 63 letters, digits, dots, hyphens and underscores, for example shop-1")
        }
        guard !capabilities.isEmpty else {
            throw AdminRefusal("no --capability is given", hint: "name at least one, for example --capability session")
        }
        for capability in capabilities { try checkCapability(capability, as: "--capability") }
        guard TrustedVerifier(name: name, identityText: publicKey, capabilities: []) != nil else {
            throw AdminRefusal(
                "that is no identity key of a clearing server",
                hint: "copy the line that portes clearing identity prints there, of 86 characters")
        }
    }

    private static func checkNumber(
        _ number: Int, upTo most: Int, of flag: String, example: Int
    ) throws(AdminRefusal) {
        guard (1...most).contains(number) else {
            throw AdminRefusal("\(flag) takes a number from 1 to \(most)", hint: "for example \(flag) \(example)")
        }
    }

    private static func isHexDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"),
            UInt8(ascii: "A")...UInt8(ascii: "F"):
            true
        default: false
        }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
