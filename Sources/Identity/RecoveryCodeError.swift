/// Why a text is no recovery code, and where to look.
public enum RecoveryCodeError: Error, Sendable, Hashable {
    /// These groups, counted from 1, are not as they were written down.
    case mistyped(groups: [Int])
    /// There are as many letters and digits as this, where a code has 70.
    case wrongLength(Int)
    /// Each group looks right and the whole does not: several are wrong.
    case wrongChecksum
    /// The code is of a later version of this library.
    case unknownVersion
}
