#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// The number of files this process may have open.
package enum FileDescriptorLimit {
    /// Descriptors kept for databases, logs and outgoing connections.
    private static let reserve = 128

    /// Raises the soft limit to the hard one, as a server needs a descriptor for each connection.
    package static func raise() {
        var limit = current
        guard limit.rlim_cur < limit.rlim_max else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }

    /// `wanted`, or less if the process may not have that many open: running out would end the listening socket.
    static func connections(upTo wanted: Int) -> Int {
        let limit = current.rlim_cur
        guard limit < rlim_t(wanted + reserve) else { return wanted }
        return max(16, Int(limit) - reserve)
    }

    private static var current: rlimit {
        var limit = rlimit()
        _ = getrlimit(resource, &limit)
        return limit
    }

    #if canImport(Glibc)
    private static var resource: __rlimit_resource_t { __rlimit_resource_t(RLIMIT_NOFILE.rawValue) }
    #else
    private static var resource: Int32 { RLIMIT_NOFILE }
    #endif
}
