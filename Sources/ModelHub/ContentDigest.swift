import CTLS

/// What the content of a file must hash to, in lower-case hexadecimal.
enum ContentDigest: Sendable, Equatable {
    /// SHA-256 of the content, for large files.
    case sha256(String)
    /// The name that git gives to a file with this content, for small ones: SHA-1 of the content behind a header.
    case gitBlob(String)

    /// The digest itself.
    var hexadecimal: String {
        switch self {
        case .sha256(let text), .gitBlob(let text): text
        }
    }

    var isWellFormed: Bool {
        let length =
            switch self {
            case .sha256: 64
            case .gitBlob: 40
            }
        return hexadecimal.utf8.count == length && hexadecimal.utf8.allSatisfy(\.isHexDigit)
    }

    /// Computes such a digest piece by piece.
    ///
    /// - Parameter size: Of the whole content, which git hashes first.
    func hasher(size: Int) throws(HubError) -> Hasher {
        switch self {
        case .sha256: return try Hasher(EVP_sha256())
        case .gitBlob:
            let hasher = try Hasher(EVP_sha1())
            var header = Array("blob \(size)".utf8)
            header.append(0)
            header.withUnsafeBytes { hasher.update($0) }
            return hasher
        }
    }

    /// A hash under computation.
    final class Hasher {
        private let context: OpaquePointer

        fileprivate init(_ algorithm: OpaquePointer?) throws(HubError) {
            guard let context = EVP_MD_CTX_new() else { throw .noTransfer(reason: "no memory for a checksum") }
            self.context = context
            guard EVP_DigestInit_ex(context, algorithm, nil) == 1 else {
                throw .noTransfer(reason: "OpenSSL does not compute the hub's checksums")
            }
        }

        deinit { EVP_MD_CTX_free(context) }

        func update(_ bytes: UnsafeRawBufferPointer) {
            EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
        }

        /// The digest of all that came; call it once.
        func hexadecimal() -> String {
            var digest = [UInt8](repeating: 0, count: Int(EVP_MAX_MD_SIZE))
            var count: UInt32 = 0
            EVP_DigestFinal_ex(context, &digest, &count)
            return digest.prefix(Int(count)).reduce(into: "") { text, byte in
                let digits = String(byte, radix: 16)
                text += digits.count == 1 ? "0" + digits : digits
            }
        }
    }
}
