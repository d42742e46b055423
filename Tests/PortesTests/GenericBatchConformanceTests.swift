import BlindRSA
import Foundation
import LibSodium
import PrivacyPass
import Testing

@testable import portes

/// Generic batches as known answers, and framings that drafts before had.
@Suite struct GenericBatchConformanceTests {
    private let sample: GenericBatchSample

    init() throws { sample = try GenericBatchSample([.voprfRistretto255, .blindRSA2048, .voprfP384]) }

    @Test func aMixedBatchPassesAndWhatWasNotCheckedIsTold() throws {
        let result = try check(sample.object())
        #expect(result.counts == "1 passed (1 in part), 0 failed, 0 skipped", "\(result.failures)")
        let note = try #require(result.notes.first)
        #expect(note.contains("token 2: its request was not checked") && note.contains("token 3: its request was not"))
        #expect(!note.contains("token 1"))
        let whole = try check(GenericBatchSample([.voprfRistretto255, .voprfRistretto255]).object())
        #expect(whole.counts == "1 passed, 0 failed, 0 skipped")
    }

    @Test func aTypeIsReadAsANumberOrAsDigits() throws {
        var object = sample.object()
        let forms: [(String, Any)] = [("type", 2), ("type", "0002"), ("token_type", "0x0002"), ("token_type", "2")]
        for (name, value) in forms {
            object["issuance"] = sample.items(2) { item in
                item["type"] = nil
                item[name] = value
            }
            #expect(try check(object).counts == "1 passed (1 in part), 0 failed, 0 skipped", "\(name) \(value)")
        }
        object["issuance"] = sample.items(2) { $0["type"] = 5 }
        #expect(try check(object).failed == 1)
    }

    @Test func aBatchWithAnythingChangedFails() throws {
        for member in ["token_request", "token_response"] {
            let digits = try #require(sample.object()[member] as? String)
            // The proof of the last answer is what no vector can be checked for.
            let end = member == "token_response" ? digits.count / 2 - 96 : digits.count / 2
            for place in stride(from: 0, to: end, by: 3) {
                var object = sample.object()
                object[member] = flipped(digits, at: place)
                #expect(try check(object).failed == 1, "\(member), byte \(place)")
            }
        }
        for index in 1...3 {
            for member in ["skS", "pkS", "nonce", "token_challenge", "token", "salt", "blind"] {
                var object = sample.object()
                guard let digits = sample.issuance[index - 1][member] as? String else { continue }
                object["issuance"] = sample.items(index) { $0[member] = nil }
                #expect(try check(object).failed == 1, "\(member) of token \(index) is missing")
                guard member != "blind" || index == 1 else { continue }
                object["issuance"] = sample.items(index) { $0[member] = flipped(digits, at: digits.count / 4) }
                #expect(try check(object).failed == 1, "\(member) of token \(index)")
            }
        }
        var fewer = sample.object()
        fewer["issuance"] = Array(sample.issuance.dropLast())
        #expect(try check(fewer).failed == 1)
    }

    /// What earlier drafts and implementations of them wrote in place of the framing of today.
    @Test(arguments: GenericBatchSample.Framing.allCases)
    func anObsoleteFramingFails(framing: GenericBatchSample.Framing) throws {
        #expect(try check(sample.object(framing)).counts == "0 passed, 1 failed, 0 skipped")
    }

    @Test func aBatchWithATypeThatIsNotKnownIsSkipped() throws {
        var object = sample.object()
        let challenge = try #require(sample.issuance[1]["token_challenge"] as? String)
        object["issuance"] = sample.items(2) { item in
            item["type"] = 3
            item["token_challenge"] = "0003" + challenge.dropFirst(4)
        }
        // The messages have to say so too, and to be framed as they are today.
        #expect(try check(object).failed == 1)
        for framing in [nil] + GenericBatchSample.Framing.allCases.map(Optional.some) {
            let other = sample.object(framing, unknown: 2)
            object["token_request"] = other["token_request"]
            object["token_response"] = other["token_response"]
            let result = try check(object)
            #expect(result.skipped == (framing == nil ? 1 : 0) && result.failed == (framing == nil ? 0 : 1))
        }
        // Only if it says so wherever it says anything.
        object["issuance"] = sample.items(2) { $0["type"] = 3 }
        #expect(try check(object).failed == 1)
    }

    private func flipped(_ digits: String, at place: Int) -> String {
        var bytes = Hexadecimal.decode(digits) ?? []
        bytes[place] ^= 0x01
        return Hexadecimal.encode(bytes)
    }

    private func check(_ object: [String: Any]) throws -> ConformanceResult {
        let url = URL.temporaryDirectory.appending(path: "portes-\(UUID().uuidString).json")
        try JSONSerialization.data(withJSONObject: [object]).write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        return try ConformanceFile(path: url.path).check()
    }
}
