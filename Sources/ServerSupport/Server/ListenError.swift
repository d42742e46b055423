internal import NIOCore

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Why a server could not listen; each says what the admin can do something about.
package enum ListenError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Another process listens there.
    case addressInUse(String)
    /// The address does not belong to this machine.
    case addressNotAvailable(String)
    /// Ports below 1024 need a privilege.
    case permissionDenied(String)
    /// The host has no address.
    case unknownHost(String)
    /// The path of a Unix socket has `length` bytes; ``SocketServer/maximumPathLength`` are taken.
    case socketPathTooLong(length: Int)
    /// The directory of a Unix socket is not a directory of this user.
    case unsafeSocketDirectory(String)
    /// Anything else: the place, and the system's words or the kind of the error.
    case other(String)

    /// Says in our terms what kept a server from listening at `place`.
    init(_ error: any Error, place: String) {
        switch error {
        case let error as ListenError: self = error
        case let error as IOError where error.errnoCode == EADDRINUSE: self = .addressInUse(place)
        case let error as IOError where error.errnoCode == EADDRNOTAVAIL: self = .addressNotAvailable(place)
        case let error as IOError where error.errnoCode == EACCES || error.errnoCode == EPERM:
            self = .permissionDenied(place)
        case is SocketAddressError, is SocketAddressError.UnknownHost: self = .unknownHost(place)
        case let error as IOError: self = .other("\(place): \(String(cString: strerror(error.errnoCode)).lowercased())")
        // The text of another error is not made for people.
        default: self = .other("\(place): \(type(of: error))")
        }
    }

    package var description: String {
        switch self {
        case .addressInUse(let place): "another process listens on \(place)"
        case .addressNotAvailable(let place): "\(place) is not an address of this machine"
        case .permissionDenied(let place): "listening on \(place) is not permitted"
        case .unknownHost(let place): "the host of \(place) has no address"
        case .socketPathTooLong(let length):
            "the path of the admin socket has \(length) bytes, \(SocketServer.maximumPathLength) is the limit"
        case .unsafeSocketDirectory(let path): "\(path) is not a directory that belongs to this user alone"
        case .other(let text): "cannot listen on \(text)"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .addressInUse: "choose another port for it, or stop the other process"
        case .addressNotAvailable, .unknownHost: "give an address of this machine, for example --listen 127.0.0.1:8080"
        case .permissionDenied: "choose a port from 1024 on, and a directory that this user may write to"
        case .socketPathTooLong: "use a data directory with a shorter path"
        case .unsafeSocketDirectory: "use a data directory of this user, with mode 0700 and no link in its place"
        case .other: "check --listen and the data directory"
        }
    }
}
