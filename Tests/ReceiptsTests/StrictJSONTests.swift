import JOSE
import TestSupport
import Testing

struct StrictJSONTests {
    @Test func membersAreRead() throws {
        let text = #" {"a": [1, -2.5e1, true, false, null], "b": {"c": "x\n\u00e9\ud83d\ude00"}} "#
        let members = try StrictJSON.object(Array(text.utf8))
        #expect(members["a"] == .array([.number(1), .number(-25), .bool(true), .bool(false), .null]))
        #expect(members["b"] == .object(["c": .string("x\né😀")]))
    }

    @Test(arguments: [
        "", "{", "}", "[]", "{}x", "{} {}", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,}"#, #"{a:1}"#, #"{"a":01}"#,
        #"{"a":1.}"#, #"{"a":.5}"#, #"{"a":+1}"#, #"{"a":1e999}"#, #"{"a":NaN}"#, #"{"a":tru}"#, #"{"a":"x}"#,
        #"{"a":"\x"}"#, #"{"a":"\ud800"}"#, #"{"a":"\ud800A"}"#, #"{"a":"\udc00"}"#, #"{"a":"\u12"}"#,
        "{\"a\":\"\n\"}", #"{"a":[1 2]}"#, #"{"a":[[[[[[[[[[1]]]]]]]]]]}"#, #"{'a':1}"#, "{\"a\":1}\u{0}",
    ])
    func whatIsNotJSONIsRefused(text: String) {
        #expect(throws: StrictJSON.ReadingError.malformed) { try StrictJSON.object(Array(text.utf8)) }
    }

    @Test func whatIsNotUTF8IsRefused() {
        for bytes in [[0xff], [0xc0, 0x80], [0xed, 0xa0, 0x80]] as [[UInt8]] {
            let text = Array(#"{"a":""#.utf8) + bytes + Array(#""}"#.utf8)
            #expect(throws: StrictJSON.ReadingError.malformed) { try StrictJSON.object(text) }
        }
    }

    @Test(arguments: [#"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"b":[{"x":{},"x":{}}]}"#, #"{"":1,"":2}"#])
    func aMemberThatStandsTwiceIsRefusedHoweverItIsWritten(text: String) {
        #expect(throws: StrictJSON.ReadingError.duplicateMember) { try StrictJSON.object(Array(text.utf8)) }
    }

    @Test func damagedTextNeverCrashes() {
        let text = Array(#"{"a":[1,{"b":"\u0041\ud83d\ude00"}],"c":-1.5e-3,"d":null}"#.utf8)
        var generator = SplitMix(seed: 7)
        for _ in 0..<20_000 {
            var changed = text
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                changed[Int.random(in: 0..<changed.count, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            _ = try? StrictJSON.object(Array(changed.prefix(Int.random(in: 0...changed.count, using: &generator))))
        }
    }
}
