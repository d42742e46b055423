import LibSodium
import Testing

@Suite struct PrimitiveTests {
    @Test func sixtyFourBytesAreNotShown() throws {
        let bytes = try #require(Bytes64([UInt8](repeating: 0xab, count: 64)))
        var text = "\(bytes)"
        dump(bytes, to: &text)
        #expect(!text.contains("word") && !text.contains("12370169555311111083"))
    }

    @Test func hashesMatchTheirStandards() throws {
        let abc = Array("abc".utf8)
        #expect(
            try SHA512.hash(abc).bytes
                == fromHex(
                    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                        + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"))
        #expect(
            try SHA256.hash(abc).bytes == fromHex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"))
        // BLAKE2b-256 of "abc", from the reference implementation.
        #expect(
            try KeyedBLAKE2b.hash(abc).bytes
                == fromHex("bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319"))
    }

    @Test func aHashInPiecesIsTheHashOfTheWhole() {
        var pieces = SHA512()
        pieces.update(Array("ab".utf8))
        pieces.update(UInt8(ascii: "c"))
        pieces.update(bigEndian: 0x6465)
        #expect(pieces.finalize() == SHA512.hash(Array("abcde".utf8)))
    }

    @Test func aKeyedHashDependsOnItsKey() {
        let message = Array("message".utf8)
        let secret = SecretBytes(copying: [UInt8](repeating: 7, count: 32))
        let same = Bytes32([UInt8](repeating: 7, count: 32)) ?? .zero
        #expect(KeyedBLAKE2b.hash(message, key: secret) == KeyedBLAKE2b.hash(message, key: same))
        #expect(KeyedBLAKE2b.hash(message, key: same) != KeyedBLAKE2b.hash(message, key: .zero))
        #expect(KeyedBLAKE2b.hash(message, key: .zero) != KeyedBLAKE2b.hash(message))
    }

    // RFC 8032, section 7.1, test 2.
    @Test func signaturesMatchRFC8032() throws {
        let seed = try fromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
        let message: [UInt8] = [0x72]
        guard let key = Ed25519.PrivateKey(seed: SecretBytes(copying: seed)) else {
            Issue.record("the seed was refused")
            return
        }
        let publicKey = key.publicKey
        let signature = key.signature(for: message)
        #expect(
            try publicKey.encoded.bytes == fromHex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"))
        #expect(
            try signature.bytes
                == fromHex(
                    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
                        + "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"))
        #expect(publicKey.isValidSignature(signature, for: message))
        #expect(!publicKey.isValidSignature(signature, for: [0x73]))
        for bit in 0..<512 {
            var flipped = signature.bytes
            flipped[bit / 8] ^= 1 << (bit % 8)
            let changed = try #require(Bytes64(flipped))
            #expect(!publicKey.isValidSignature(changed, for: message), "bit \(bit)")
        }
        let seedAgain = key.seed().withUnsafeBytes { Array($0) }
        #expect(seedAgain == seed)
    }

    @Test func whatIsSealedOpensAndWhatWasChangedDoesNot() throws {
        let key = SecretBytes(randomCount: 32)
        let message = SecretBytes(copying: Array("secret".utf8))
        let sealed = AuthenticatedEncryption.seal(message, key: key, context: [1])
        #expect(sealed.count == 6 + AuthenticatedEncryption.overhead)
        let opened = try AuthenticatedEncryption.open(sealed, key: key, context: [1])
        let openedBytes = opened.withUnsafeBytes { Array($0) }
        #expect(openedBytes == Array("secret".utf8))
        #expect(throws: AuthenticatedEncryption.OpeningFailure.self) {
            _ = try AuthenticatedEncryption.open(sealed, key: key, context: [2])
        }
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: AuthenticatedEncryption.OpeningFailure.self) {
                _ = try AuthenticatedEncryption.open(changed, key: key, context: [1])
            }
        }
        for count in 0..<sealed.count {
            #expect(throws: AuthenticatedEncryption.OpeningFailure.self) {
                _ = try AuthenticatedEncryption.open(Array(sealed.prefix(count)), key: key, context: [1])
            }
        }
    }

    @Test func aSealedBoxOpensOnlyForItsHolder() throws {
        let holder = SealedBox.PrivateKey()
        let other = SealedBox.PrivateKey()
        let message = SecretBytes(copying: Array("key".utf8))
        let publicKey = holder.publicKey
        guard let sealed = publicKey.seal(message) else {
            Issue.record("sealing failed")
            return
        }
        #expect(sealed.count == 3 + SealedBox.overhead)
        let openedBytes = try holder.open(sealed).withUnsafeBytes { Array($0) }
        #expect(openedBytes == Array("key".utf8))
        #expect(throws: SealedBox.OpeningFailure.self) { _ = try other.open(sealed) }
        #expect(throws: SealedBox.OpeningFailure.self) { _ = try holder.open(Array(sealed.dropLast())) }
        let underSmallOrder = SealedBox.PublicKey(.zero).seal(message)
        #expect(underSmallOrder == nil)
    }

    @Test func theSamePassphraseAndSaltGiveTheSameKey() throws {
        let salt = [UInt8](repeating: 1, count: PasswordHash.saltCount)
        func key(_ passphrase: String, _ salt: [UInt8]) throws -> [UInt8] {
            let secret = SecretBytes(copying: Array(passphrase.utf8))
            return try PasswordHash.deriveKey(passphrase: secret, salt: salt, cost: .minimal)
                .withUnsafeBytes { Array($0) }
        }
        let first = try key("correct", salt)
        #expect(try key("correct", salt) == first)
        #expect(try key("Correct", salt) != first)
        #expect(try key("correct", salt.map { $0 + 1 }) != first)
        #expect(PasswordHash.Cost(passes: 0, memoryKiB: 8) == nil)
        #expect(PasswordHash.Cost(passes: 1, memoryKiB: 1 << 30) == nil)
    }

    @Test func comparisonsFindADifferenceInAnyByte() {
        let zeros = [UInt8](repeating: 0, count: 64)
        #expect(ConstantTime.areEqual(zeros, zeros))
        #expect(!ConstantTime.areEqual(zeros, Array(zeros.dropLast())))
        for index in zeros.indices {
            var changed = zeros
            changed[index] = 0x80
            #expect(!ConstantTime.areEqual(zeros, changed))
            if let left = Bytes64(zeros), let right = Bytes64(changed) {
                #expect(!ConstantTime.areEqual(left, right))
                #expect(ConstantTime.areEqual(left.low, right.low) == (index >= 32))
            }
        }
    }
}
