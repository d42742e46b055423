import LibSodium
import PrivacyPass
import Testing
import VOPRF

/// Keys, elements and scalars mean the same to the Python package `voprf` as they do here.
@Suite(.enabled(if: PythonPeer.isExpected, "no .venv: run Scripts/setup --tests"))
struct EncodingAgreementTests {
    let peer: PythonPeer

    init() throws { peer = try PythonPeer() }

    @Test func aSeedGivesBothTheSameKey() async throws {
        let information = [[], Array("PrivacyPass".utf8), [0], Randomness.bytes(300)]
        for info in information {
            for seed in [Randomness.bytes(32), [UInt8](repeating: 0, count: 32), [UInt8](repeating: 0xff, count: 32)] {
                let key = try ServerPrivateKey(derivingFrom: SecretBytes(copying: seed), info: info)
                let theirs = try await peer.one("derive", [seed, info])
                #expect(key.publicKey.encoded.bytes == theirs)
                let input = Randomness.bytes(98)
                #expect(try await key.evaluate(input).bytes == peer.one("evaluate_inputs", [input]))
            }
        }
    }

    @Test func bothTakeAndRefuseTheSameElements() async throws {
        var encodings = (0..<500).map { _ in Randomness.bytes(32) }
        // Half of all random strings are odd, and so refused for that alone.
        for index in 0..<250 { encodings[index][0] &= 0xfe }
        let valid = try ServerPrivateKey().publicKey.encoded.bytes
        encodings += [valid, valid.settingLastBit, Array(valid.dropLast()), valid + [0], []]
        encodings += EncodingAgreementTests.edges
        let ours = encodings.map { (try? Ristretto255.Element(decoding: $0)) != nil }
        #expect(ours.contains(true) && ours.contains(false))
        #expect(try await peer.ask("decode_elements", encodings).map { $0 == [1] } == ours)
        #expect(try await peer.ask("decode_public_keys", encodings).map { $0 == [1] } == ours)
    }

    @Test func bothTakeAndRefuseTheSameScalars() async throws {
        var encodings = (0..<200).map { _ in Randomness.bytes(32) }
        // The order is a little over 2^252, little-endian: most strings with the top bits clear are below it.
        for index in 0..<100 { encodings[index][31] &= 0x1f }
        // They refuse zero in a proof, which RFC 9497, section 4.1, does not.
        encodings += EncodingAgreementTests.edges.filter { $0.contains { $0 != 0 } }
        let one = [1] + [UInt8](repeating: 0, count: 31)
        let proofs = encodings.map { one + $0 } + encodings.map { $0 + one } + [one, one + one + [0], []]
        let ours = proofs.map { (try? Proof(decoding: $0)) != nil }
        #expect(ours.contains(true) && ours.contains(false))
        #expect(try await peer.ask("decode_proofs", proofs).map { $0 == [1] } == ours)
    }

    /// Zero, one, the order of the group and of the field, each less one, as it is and plus one, and some more.
    private static let edges: [[UInt8]] = {
        let zeros = [UInt8](repeating: 0, count: 31)
        let order = Hexadecimal.decode("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010") ?? []
        var field = [UInt8](repeating: 0xff, count: 32)
        (field[0], field[31]) = (0xed, 0x7f)
        var edges: [[UInt8]] = [[0] + zeros, [1] + zeros, zeros + [0x80], [UInt8](repeating: 0xff, count: 32)]
        for number in [order, field] {
            for first in [0xec, 0xed, 0xee] as [UInt8] { edges.append([first] + number.dropFirst()) }
            // With its bytes in the other order.
            edges.append(number.reversed())
        }
        return edges
    }()
}

extension [UInt8] {
    fileprivate var settingLastBit: [UInt8] { dropLast() + [(last ?? 0) | 0x80] }
}
