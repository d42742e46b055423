/// Why there is no TLS connection.
package enum TLSFailure: Sendable, Hashable {
    /// No authority that this machine trusts vouches for the certificate.
    case untrusted
    /// The certificate's time is over.
    case expired
    /// The certificate's time has not come.
    case notYetValid
    /// The certificate is for another host.
    case otherHost
    /// What answers there does not speak TLS.
    case notSpoken
    /// Anything else.
    case handshake
}

extension TLSFailure: CustomStringConvertible {
    /// What happened, for people: lower case, no full stop.
    package var description: String {
        switch self {
        case .untrusted: "no authority that is trusted here vouches for the certificate"
        case .expired: "the certificate has expired"
        case .notYetValid: "the certificate is not valid yet"
        case .otherHost: "the certificate is for another host name"
        case .notSpoken: "what answers there does not speak TLS"
        case .handshake: "the handshake failed"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String {
        switch self {
        case .untrusted: "name the certificate authority of the server, if you trust it"
        case .expired: "have the server's certificate renewed, and check this machine's clock"
        case .notYetValid: "check this machine's clock, and the server's"
        case .otherHost: "use the host name that the certificate is for"
        case .notSpoken: "check the port; plain http is only for this machine"
        case .handshake: "check that the server speaks TLS 1.2 or later, and its port"
        }
    }
}
