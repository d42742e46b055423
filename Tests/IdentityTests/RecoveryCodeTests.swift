import LibSodium
import TestSupport
import Testing

@testable import Identity

/// A code that a person writes down, and types in again with an error.
@Suite struct RecoveryCodeTests {
    private static let known =
        "0001g-081g1-8186k-0w40s-j2gbr-1g6gn-w3rg4-24911-650n7-2rbhd-g68t1-3ce1q-t7gzk-fyshf"

    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")

    /// Codes of random identities.
    private func codes(_ count: Int) -> [String] { (0..<count).map { _ in RecoveryCode(IdentitySecret()).text } }

    private func error(_ text: String) -> RecoveryCodeError? {
        do throws(RecoveryCodeError) {
            _ = try RecoveryCode(text: text)
            return nil
        } catch {
            return error
        }
    }

    /// The groups that are named for a text.
    private func named(_ text: String) -> [Int]? {
        if case .mistyped(let groups) = error(text) { groups } else { nil }
    }

    private func joined(_ code: String) -> [Character] { code.filter { $0 != "-" } }

    private func grouped(_ characters: [Character]) -> String {
        stride(from: 0, to: characters.count, by: 5)
            .map { String(characters[$0..<min($0 + 5, characters.count)]) }.joined(separator: "-")
    }

    @Test func theCodeOfASecretIsTheOneThatOthersCompute() throws {
        guard let identity = IdentitySecret(decoding: SecretBytes(copying: Array(0..<32))) else {
            Issue.record("32 bytes are an identity")
            return
        }
        #expect(RecoveryCode(identity).text == Self.known)
        let again = try RecoveryCode(text: Self.known).identity().encoded()
        again.withUnsafeBytes { bytes in #expect(Array(bytes) == Array(0..<32)) }
    }

    @Test func aCodeGivesItsIdentityAgainHoweverItIsTyped() throws {
        for code in codes(50) {
            let bare = code.replacing("-", with: "")
            let characters = Array(code)
            var variants = [code, code.uppercased(), bare, code.replacing("-", with: " "), "  " + code + "\n"]
            variants += [code.replacing("-", with: " \u{2013} "), code.replacing("0", with: "o")]
            variants += [code.replacing("0", with: "O"), code.replacing("1", with: "i"), code.replacing("1", with: "L")]
            // A hyphen too many, one too few, and one in the wrong place.
            variants.append(String(characters[..<2] + ["-"] + characters[2...]))
            variants.append(String(characters[..<5] + characters[6...]))
            variants.append(String(characters[..<4] + ["-"] + characters[4..<5] + characters[6...]))
            for text in variants {
                #expect(try RecoveryCode(text: text).text == code, "\(text)")
            }
        }
    }

    @Test func anyWrongCharacterIsFoundInItsGroup() {
        for code in codes(1) {
            let characters = joined(code)
            for index in characters.indices {
                for other in Self.alphabet + ["u", "é", "?"] where other != characters[index] {
                    var wrong = characters
                    wrong[index] = other
                    #expect(named(grouped(wrong)) == [index / 5 + 1])
                    #expect(named(String(wrong)) == [index / 5 + 1])
                }
            }
        }
    }

    @Test func neighboursThatAreSwappedAreFoundInTheirGroups() {
        for code in codes(10) {
            let characters = joined(code)
            for index in characters.indices.dropLast() where characters[index] != characters[index + 1] {
                var wrong = characters
                wrong.swapAt(index, index + 1)
                let groups = Set([index / 5 + 1, (index + 1) / 5 + 1]).sorted()
                #expect(named(grouped(wrong)) == groups)
            }
        }
    }

    @Test func aCharacterTooFewOrTooManyIsFoundInItsGroup() throws {
        for code in codes(3) {
            let text = Array(code)
            for index in text.indices where text[index] != "-" {
                let group = text[...index].count { $0 == "-" } + 1
                var short = text
                short.remove(at: index)
                #expect(named(String(short)) == [group])
                // Without hyphens others can look wrong as well, the right one is always named.
                #expect(try #require(named(String(short.filter { $0 != "-" }))).contains(group))
                for more in [text[index], "7", "u"] as [Character] {
                    var long = text
                    long.insert(more, at: index)
                    #expect(named(String(long)) == [group])
                    #expect(try #require(named(String(long.filter { $0 != "-" }))).contains(group))
                }
            }
        }
    }

    @Test func aHyphenInPlaceOfACharacterIsFoundInItsGroup() throws {
        for code in codes(10) {
            let text = Array(code)
            for index in text.indices where text[index] != "-" {
                var wrong = text
                wrong[index] = "-"
                let group = text[...index].count { $0 == "-" } + 1
                #expect(try #require(named(String(wrong))).contains(group))
            }
        }
    }

    @Test func groupsThatAreLeftOutDoubledOrSwappedAreFound() throws {
        for code in codes(5) {
            let groups = code.split(separator: "-")
            for index in groups.indices {
                var short = groups
                short.remove(at: index)
                #expect(try #require(named(short.joined(separator: "-"))).contains(index + 1))
                var long = groups
                long.insert(groups[index], at: index)
                #expect(try #require(named(long.joined(separator: " "))).contains(index + 1))
                for other in groups.indices where other != index {
                    var swapped = groups
                    swapped.swapAt(index, other)
                    let wrong = named(swapped.joined(separator: "-"))
                    #expect(wrong == [index + 1, other + 1].sorted())
                }
            }
        }
    }

    @Test func manyErrorsThatEachGroupHidesAreFoundByTheWhole() throws {
        // Two codes with the same checks: groups of one put into the other at their own places.
        var found = 0
        for _ in 0..<50 {
            let (code, other) = (codes(1)[0].split(separator: "-"), codes(1)[0].split(separator: "-"))
            let mixed = (0..<14).map { $0 % 2 == 0 ? code[$0] : other[$0] }
            if error(mixed.joined(separator: "-")) == .wrongChecksum { found += 1 }
        }
        #expect(found == 50)
    }

    @Test func textsThatAreNoCodeAtAllAreRefused() {
        for text in ["", " ", "-----", "hello", String(repeating: "0", count: 69), String(repeating: "z", count: 70)] {
            #expect(error(text) != nil, "\(text)")
        }
        #expect(error(String(repeating: "a-", count: 1_000_000)) == .wrongLength(513))
        var seeds = SplitMix(seed: 5)
        for _ in 0..<2_000 {
            let count = Int.random(in: 0...120, using: &seeds)
            let text = String(String.UnicodeScalarView((0..<count).compactMap { _ in
                Unicode.Scalar(UInt32.random(in: 0...0x2fff, using: &seeds))
            }))
            #expect(error(text) != nil)
        }
    }

    @Test func aCodeOfALaterVersionIsKnownAsOne() {
        // The first group of version 1: its check belongs to it.
        let group = String(decoding: RecoveryGroup.characters([2, 0, 0, 1], place: 0), as: UTF8.self)
        #expect(error(group + Self.known.dropFirst(5)) == .unknownVersion)
    }

    @Test func aCodeIsNotShownByAccident() {
        let code = RecoveryCode(IdentitySecret())
        #expect("\(code)" == "RecoveryCode" && String(reflecting: code) == "RecoveryCode")
        #expect(Mirror(reflecting: code).children.isEmpty)
    }
}
