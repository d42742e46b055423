import Attestation

/// A well-formed code that no authority knows.
enum VoucherText {
    static func make() -> String { VoucherCode().text }
}
