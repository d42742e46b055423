import Attestation
import Testing

struct VoucherCodeTests {
    @Test func aCodeIsReadBackFromItsText() throws {
        for _ in 0..<100 {
            let code = VoucherCode()
            #expect(code.text.utf8.count == VoucherCode.characterCount && code.text.hasPrefix("vch_"))
            #expect(try #require(VoucherCode(code.text)).hash == code.hash)
        }
    }

    @Test func everyChangedCharacterIsFoundByTheChecksum() {
        let text = Array(VoucherCode().text)
        for index in text.indices {
            for other in "abcdefghijklmnopqrstuvwxyz234567_=A \n" where other != text[index] {
                var changed = text
                changed[index] = other
                #expect(VoucherCode(String(changed)) == nil)
            }
        }
    }

    @Test func everyTruncationAndExtensionIsRefused() {
        let text = VoucherCode().text
        for count in 0..<text.count { #expect(VoucherCode(text.prefix(count)) == nil) }
        #expect(VoucherCode(text + "a") == nil)
        #expect(VoucherCode(" " + text) == nil)
        #expect(VoucherCode(text.uppercased()) == nil)
        #expect(VoucherCode(String(repeating: "é", count: 22)) == nil)
    }

    @Test func twoCodesHaveDifferentHashesAndIDs() {
        let codes = (0..<1000).map { _ in VoucherCode() }
        #expect(Set(codes.map(\.hash)).count == 1000)
        #expect(Set(codes.map(\.hash.id)).count == 1000)
    }

    @Test func aCodeIsNotDescribed() {
        let code = VoucherCode()
        var dumped = ""
        dump(code, to: &dumped)
        for text in ["\(code)", String(reflecting: code), dumped] {
            #expect(!text.contains(code.text.dropFirst(4)))
        }
    }

    @Test func anIDIsReadBackFromItsText() throws {
        let id = VoucherCode().hash.id
        #expect(VoucherID(text: id.text) == id)
        #expect(VoucherID(text: String(id.text.dropLast())) == nil)
        #expect(VoucherID(text: "zz" + id.text.dropFirst(2)) == nil)
    }
}
