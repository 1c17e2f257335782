/// Why a certificate, a key or an authority is of no use.
public enum TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// There is no such file.
    case noSuchFile(path: String)
    /// The file is there, and can't be read.
    case unreadable(path: String, reason: String)
    /// The file holds no certificate, or one that is damaged or too weak.
    case badCertificate(path: String, reason: String)
    /// The file holds no private key, or an encrypted or damaged one.
    case badKey(path: String, reason: String)
    /// Key and certificate don't belong together.
    case keyMismatch(keyFile: String, certificateFile: String)
    /// OpenSSL could not be set up.
    case setup(reason: String)

    /// What went wrong and what to do.
    public var description: String {
        switch self {
        case .noSuchFile(let path):
            "there is no file \(path): check the path"
        case .unreadable(let path, let reason):
            "cannot read \(path): \(reason)"
        case .badCertificate(let path, let reason):
            "cannot use the certificate in \(path): \(reason). It must be a PEM file (BEGIN CERTIFICATE)"
        case .badKey(let path, let reason):
            "cannot use the private key in \(path): \(reason). It must be a PEM file and not encrypted"
        case .keyMismatch(let keyFile, let certificateFile):
            "the key in \(keyFile) does not belong to the first certificate in \(certificateFile): "
                + "put the server's own certificate first, and give the key that it was made with"
        case .setup(let reason):
            "cannot set up TLS: \(reason)"
        }
    }
}
