/// Why a certificate and a key cannot be used.
package enum TLSFilesError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file cannot be read, or holds no certificate in PEM.
    case unusableCertificate(path: String)
    /// The file cannot be read, or holds no unencrypted private key in PEM.
    case unusableKey(path: String)
    /// The private key is not that of the first certificate.
    case keyDoesNotMatch

    package var description: String {
        switch self {
        case .unusableCertificate(let path): "\(path) holds no certificate in PEM"
        case .unusableKey(let path): "\(path) holds no unencrypted private key in PEM"
        case .keyDoesNotMatch: "the private key does not belong to the certificate"
        }
    }

    /// What to do about it; lower case, no full stop.
    package var hint: String? {
        switch self {
        case .unusableCertificate: "name a readable PEM file with --tls-certificate, the server's own certificate first"
        case .unusableKey: "name a readable PEM file without a passphrase with --tls-key"
        case .keyDoesNotMatch: "name the two files that were made together with --tls-certificate and --tls-key"
        }
    }
}
