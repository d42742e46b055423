import AuthorityServer
import KeyTransparency
import Witnessing

/// The key log in the authority's part of `portes.yaml`: who has to cosign what is published.
struct LogSection: Decodable {
    var witnesses: [WitnessEntry]?
    var threshold: Int?
    var certificateAuthority: String?

    /// A witness that is asked.
    struct WitnessEntry: Decodable {
        var url: String
        var key: String

        enum CodingKeys: String, CodingKey, CaseIterable { case url, key }
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case witnesses, threshold
        case certificateAuthority = "certificate-authority"
    }

    /// The witnesses and how many must cosign: one, unless told otherwise.
    func configuration() throws -> LogWitnessConfiguration {
        let found = try (witnesses ?? []).enumerated().map { number, entry in
            let place = "authority.log.witnesses[\(number)]"
            guard let key = NoteVerificationKey(verifierKey: entry.key), key.type == .cosignature else {
                throw CommandFailure.usage(
                    "\(place).key is no verifier key of a witness",
                    hint: "copy the line that portes witness identity prints there")
            }
            _ = try ClientArgument.url(entry.url, flag: "\(place).url")
            guard let witness = Witness(submissionPrefix: entry.url, key: key) else {
                throw CommandFailure.usage(
                    "\(place).url does not take '\(entry.url)'", hint: "give https://HOST or https://HOST/PREFIX")
            }
            return witness
        }
        for (number, witness) in found.enumerated() {
            let place = "authority.log.witnesses[\(number)]"
            if found[..<number].contains(where: { $0.key == witness.key }) {
                throw CommandFailure.usage(
                    "\(place) is there before: \(witness.key.name.text) is named twice", hint: "name each witness once")
            }
            if found[..<number].contains(where: { $0.submissionPrefix == witness.submissionPrefix }) {
                throw CommandFailure.usage(
                    "\(place).url is that of another witness", hint: "give each witness its own URL")
            }
        }
        let threshold = threshold ?? min(1, found.count)
        guard WitnessPolicy(witnesses: found.map(\.key), threshold: threshold) != nil else {
            throw CommandFailure.usage(
                "authority.log: \(threshold) of \(found.count) witnesses can never cosign",
                hint: "give a threshold of at most the number of witnesses")
        }
        return LogWitnessConfiguration(witnesses: found, threshold: threshold)
    }
}
