import LibSodium
import TestSupport
import Testing
@testable import PrivacyPass

@Suite struct CodecTests {
    @Test func everyMessageDecodesAndEncodesToTheSameBytes() throws {
        for codec in try Samples().codecs {
            #expect(try codec.recode(codec.bytes) == codec.bytes, "\(codec.name)")
        }
    }

    @Test func sizesAreThoseOfTheSpecifications() throws {
        let samples = try Samples(batchCount: 2)
        #expect(samples.request.encoded.count == 35)
        #expect(samples.response.encoded.count == 96)
        #expect(samples.batchRequest.encoded.count == 3 + 2 + 64)
        #expect(samples.batchResponse.encoded.count == 2 + 64 + 64)
        #expect(samples.token.encoded.count == 162)
        #expect(samples.token.input.encoded.count == 98)
        #expect(Base64URL.encode(samples.token.encoded).hasSuffix("=") == false)
    }

    @Test func everyTruncationIsRefused() throws {
        for codec in try Samples().codecs {
            for count in 0..<codec.bytes.count {
                #expect(throws: MessageError.self, "\(codec.name), \(count) bytes") {
                    _ = try codec.recode(Array(codec.bytes.prefix(count)))
                }
            }
        }
    }

    @Test func trailingBytesAreRefused() throws {
        for codec in try Samples().codecs {
            #expect(throws: MessageError.trailingBytes, "\(codec.name)") { _ = try codec.recode(codec.bytes + [0]) }
        }
    }

    @Test func everyFlippedBitIsRefusedOrDecodesToWhatItSays() throws {
        for codec in try Samples().codecs {
            for bit in 0..<codec.bytes.count * 8 {
                var changed = codec.bytes
                changed[bit / 8] ^= 1 << (bit % 8)
                guard let again = try? codec.recode(changed) else { continue }
                #expect(again == changed, "\(codec.name), bit \(bit)")
            }
        }
    }

    @Test func randomBytesNeverTrap() throws {
        let seed = UInt64.random(in: 0...UInt64.max)
        print("seed \(seed)")
        var generator = SplitMix(seed: seed)
        let codecs = try Samples().codecs
        for _ in 0..<20_000 {
            let codec = codecs[Int(generator.next() % UInt64(codecs.count))]
            var bytes = (0..<Int(generator.next() % 200)).map { _ in UInt8(truncatingIfNeeded: generator.next()) }
            if bytes.count > 2, generator.next() % 2 == 0 { (bytes[0], bytes[1]) = (0, 5) }
            if let again = try? codec.recode(bytes) { #expect(again == bytes, "seed \(seed)") }
        }
    }

    @Test func aTokenShowsNothingOfItself() throws {
        let token = try Samples().token
        #expect("\(token)" == "Token")
        var dumped = ""
        dump(token, to: &dumped)
        #expect(dumped.utf8.count < 40)
    }
}
