import Foundation

/// A file of known answers: a JSON array whose objects may be of different shapes.
struct ConformanceFile {
    let path: String

    /// The largest file that is read, in bytes.
    private static let maximumCount = 64 * 1024 * 1024

    func check() throws -> ConformanceResult {
        var result = ConformanceResult(file: path)
        for (index, object) in try objects().enumerated() {
            switch object {
            case .group(let group):
                for (number, vector) in group.vectors.enumerated() {
                    result.record(group.check(vector), vector: "group \(index + 1), vector \(number + 1)")
                }
            case .issuance(let vector): result.record(vector.check(), vector: "vector \(index + 1)")
            case .genericBatch(let vector): result.record(vector.check(), vector: "vector \(index + 1)")
            case .blindRSA(let vector): result.record(vector.check(), vector: "vector \(index + 1)")
            case .challenge(let vector): result.record(vector.check(), vector: "vector \(index + 1)")
            case .header(let vector): result.record(vector.check(), vector: "vector \(index + 1)")
            case .other:
                result.record(.skipped, vector: "vector \(index + 1)")
            }
        }
        return result
    }

    private func objects() throws -> [ConformanceObject] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure("cannot read \(path)", hint: "name a readable file of known answers")
        }
        guard data.count <= ConformanceFile.maximumCount else { throw CommandFailure("\(path) is larger than 64 MiB") }
        do {
            return try JSONDecoder().decode([ConformanceObject].self, from: data)
        } catch {
            throw CommandFailure(
                "\(path) is not a JSON array of vectors", hint: "a known-answer file holds [ { … }, … ]")
        }
    }
}

/// One object of a file, told apart by the members it has.
enum ConformanceObject: Decodable {
    case group(VOPRFVectorGroup)
    case issuance(IssuanceVector)
    case genericBatch(GenericBatchVector)
    case blindRSA(BlindRSAVector)
    case challenge(ChallengeVector)
    case header(HeaderVector)
    case other

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
        let names = Set(try decoder.container(keyedBy: AnyKey.self).allKeys.map(\.stringValue))
        if names.isSuperset(of: ["suite", "mode", "vectors"]) {
            self = .group(try VOPRFVectorGroup(from: decoder))
        } else if names.contains("issuance") {
            self = .genericBatch(try GenericBatchVector(from: decoder))
        } else if names.isSuperset(of: ["variant", "blind_sig"]) {
            self = .blindRSA(try BlindRSAVector(from: decoder))
        } else if names.contains("WWW-Authenticate") {
            self = .header(try HeaderVector(from: decoder))
        } else if names.contains("token_authenticator_input") {
            self = .challenge(try ChallengeVector(from: decoder))
        } else if names.contains("token_challenge"), !names.isDisjoint(with: IssuanceVector.telltaleNames) {
            self = .issuance(try IssuanceVector(from: decoder))
        } else {
            self = .other
        }
    }
}
