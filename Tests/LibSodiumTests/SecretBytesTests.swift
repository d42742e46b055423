import LibSodium
import Testing

@Suite struct SecretBytesTests {
    @Test func aWipedArrayIsZero() {
        var secret = [UInt8](repeating: 0xa5, count: 33)
        SecretBytes.wipe(&secret)
        #expect(secret == [UInt8](repeating: 0, count: 33))
    }

    @Test func aCopyOutlivesItsOriginal() {
        func copy() -> SecretBytes { SecretBytes(copying: [1, 2, 3]).copy() }
        let copied = copy().withUnsafeBytes { Array($0) }
        #expect(copied == [1, 2, 3])
        let count = SecretBytes(copying: []).withUnsafeBytes { $0.count }
        #expect(count == 0)
    }

    // Both show that the memory is what `sodium_malloc` gives: the process ends where other memory would answer.
    @Test func readingPastTheEndEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            let secret = SecretBytes(randomCount: 32)
            secret.withUnsafeBytes { buffer in
                let past = UnsafeRawBufferPointer(start: buffer.baseAddress, count: 33)
                print(past[32])
            }
        }
    }

    @Test func readingAfterReleaseEndsTheProcess() async {
        await #expect(processExitsWith: .failure) {
            func address() -> UnsafeRawPointer? {
                SecretBytes(randomCount: 32).withUnsafeBytes { $0.baseAddress }
            }
            guard let released = address() else { return }
            print(released.load(as: UInt8.self))
        }
    }
}
