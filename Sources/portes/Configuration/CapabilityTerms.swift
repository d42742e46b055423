import Attestation
import AuthorityServer
import AuthorityStore
import KeySchedule
import PrivacyPass

/// A capability in the authority's part of `portes.yaml`: what is promised about its keys, and how much is issued.
struct CapabilityTerms: Decodable {
    var name: String
    var tokenType: Int?
    var epoch: String?
    var acceptance: String?
    var announcement: String?
    var gates: [String]?
    var batchSize: Int?
    var quota: Int64?
    var tokensPerKey: Int64?

    enum CodingKeys: String, CodingKey, CaseIterable {
        case name, epoch, acceptance, announcement, gates, quota
        case tokenType = "token-type"
        case batchSize = "batch-size"
        case tokensPerKey = "tokens-per-key"
    }

    private static let week: Int64 = 7 * 86_400

    /// The settings, with what they are where nothing is said; `place` names the capability's place in the file.
    func settings(at place: String) throws -> CapabilitySettings {
        guard let capability = Capability(name) else {
            throw CommandFailure.usage(
                "\(place).name does not take '\(name)'",
                hint: "use 1 to 63 lower-case letters, digits and hyphens, for example name: session")
        }
        let code = tokenType ?? Int(TokenType.standard.rawValue)
        guard let type = UInt16(exactly: code).map({ TokenType(rawValue: $0) }), TokenType.implemented.contains(type)
        else {
            throw CommandFailure.usage(
                "\(place).token-type does not take \(code)",
                hint: "\(TokenType.choice("token-type")); leave it out for \(TokenType.standard.rawValue)")
        }
        let epoch = try span(epoch, "epoch", at: place) ?? Self.week
        let terms = RotationTerms(
            capability: capability, tokenType: type, epoch: epoch,
            acceptance: try span(acceptance, "acceptance", at: place) ?? Self.week,
            announcement: try span(announcement, "announcement", at: place)
                ?? KeyParameters.standardAnnouncement(epoch: epoch))
        guard let terms else {
            throw CommandFailure.usage(
                "\(place) has an epoch of 0, or a span of more than ten years", hint: "for example epoch: 7d")
        }
        do { try terms.check() } catch {
            throw CommandFailure.usage("\(place): \(error.message)", hint: error.hint ?? "for example epoch: 7d")
        }
        let gates = try gates(at: place)
        guard quota != nil || !gates.contains(.account) else {
            throw CommandFailure.usage(
                "\(place).quota is missing: an account draws up to it in each epoch", hint: "for example quota: 100")
        }
        return try CapabilitySettings(
            terms: terms, batchSize: number(batchSize.map(Int64.init), "batch-size", 1...1_000, at: place).map(Int.init),
            limits: IssuanceLimits(
                gates: gates,
                quota: number(quota, "quota", 1...IssuanceLimits.standardTokensPerKey, at: place),
                tokensPerKey: number(
                    tokensPerKey, "tokens-per-key", 1...IssuanceLimits.standardTokensPerKey, at: place)
                    ?? IssuanceLimits.standardTokensPerKey),
            isTypeSaid: tokenType != nil)
    }

    private func gates(at place: String) throws -> Set<GateKind> {
        guard let gates else { return [.voucher] }
        let known = try gates.map { name in
            guard let kind = GateKind(rawValue: name) else {
                throw CommandFailure.usage(
                    "\(place).gates does not take '\(name)'",
                    hint: "use \(GateKind.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            return kind
        }
        guard !known.isEmpty, Set(known).count == known.count else {
            throw CommandFailure.usage(
                "\(place).gates is empty, or names one twice", hint: "for example gates: [voucher, account]")
        }
        return Set(known)
    }

    private func span(_ text: String?, _ name: String, at place: String) throws -> Int64? {
        guard let text else { return nil }
        guard let span = TimeSpan(text) else {
            throw CommandFailure.usage(
                "\(place).\(name) does not take '\(text)'",
                hint: "write a number with s, m, h or d, for example \(name): 7d")
        }
        return span.seconds
    }

    private func number(
        _ value: Int64?, _ name: String, _ range: ClosedRange<Int64>, at place: String
    ) throws -> Int64? {
        guard let value else { return nil }
        guard range.contains(value) else {
            throw CommandFailure.usage(
                "\(place).\(name) does not take \(value)",
                hint: "give a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }
}
