import LibSodium

/// The bare libsodium calls of each operation: its floor.
enum BenchFloor {
    /// Hash to the group, draw a blind, multiply.
    static func blind(_ calls: inout BareCalls) {
        calls.hashToGroup()
        calls.randomScalar()
        calls.multiply()
    }

    /// Two multiplications and an addition a token; for the proof one multiplication of the generator, and two of
    /// the folded element (the second sum, and the commitment).
    static func issue(_ calls: inout BareCalls, count: Int) {
        for _ in 0..<count {
            calls.multiply()
            calls.multiply()
            calls.add()
        }
        calls.multiplyGenerator()
        calls.multiply()
        calls.multiply()
    }

    /// Three multiplications and two additions a token (two sums of the proof, and unblinding); for the proof one
    /// multiplication of the generator, three others and two additions; one inversion.
    static func finalize(_ calls: inout BareCalls, count: Int) {
        for _ in 0..<count {
            calls.multiply()
            calls.multiply()
            calls.multiply()
            calls.add()
            calls.add()
        }
        calls.multiplyGenerator()
        for _ in 0..<3 { calls.multiply() }
        calls.add()
        calls.add()
        calls.invert()
    }

    /// Hash to the group, multiply.
    static func verify(_ calls: inout BareCalls) {
        calls.hashToGroup()
        calls.multiply()
    }

    /// Verify the signatures of a log and of one witness.
    static func log(_ calls: inout BareCalls) {
        calls.verifySignature()
        calls.verifySignature()
    }

    /// Verify, and sign the receipt.
    static func spend(_ calls: inout BareCalls) {
        verify(&calls)
        calls.sign()
    }
}
