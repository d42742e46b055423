/// Why a wallet could not do what was asked, and what an app can do.
public enum WalletError: Error, Sendable, Hashable {
    /// Another process, or another ``Wallet`` of this one, has the file open. Close that one.
    case inUse
    /// The file is not a wallet, was cut or was changed. It is left as it is: restore it from a backup, or remove it
    /// and fetch anew.
    case corrupt
    /// The file is sealed, and no key was given, or another, or it was damaged. Open it with the identity that it was
    /// made with.
    case sealed
    /// A later version of this library wrote the file. Update the app.
    case newerVersion
    /// The file system refused, with this code of `errno`: no room, no permission, not a plain file. Nothing was
    /// handed out. The wallet is as it was; only if a rename could not be made durable, a restart may find it changed.
    case fileSystem(code: Int32)
    /// This value was closed. Open the file anew.
    case closed
    /// There is no wallet at this path, and none was to be made.
    case absent
    /// There is no unspent token of this capability for this challenge. Fetch some.
    case empty
    /// There are tokens of several capabilities for this challenge, and it does not say which is wanted. Name one.
    case severalCapabilities
    /// The challenge does not name the origin at which the token is to be spent.
    case wrongOrigin
    /// The binding has fewer than 16 or more than 256 bytes, or the purpose has more than 65,535.
    case wrongLength
}
