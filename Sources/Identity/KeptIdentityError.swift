/// Why an identity could not be read or changed.
public enum KeptIdentityError: Error, Sendable, Hashable {
    /// The bytes are no identity, or are damaged.
    case corrupt
    /// The identity was written by a later version of this library.
    case newerVersion
    /// The secret was changed 16 times without a service being told: sign in there first, or erase the account.
    case tooManyChanges
}
