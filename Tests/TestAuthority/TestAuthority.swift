internal import CTLS
internal import Foundation
public import HTTPServer

/// A certificate authority for tests, and the folder of what it has issued, which goes away with it.
public final class TestAuthority {
    public struct Failed: Error {
        public init() {}
    }

    public let folder: String
    /// The authority's own certificate.
    public let certificateFile: String

    private let name: String
    private let key: OpaquePointer
    private let certificate: OpaquePointer
    private var issued = 1

    public init(_ name: String = "Test CA") throws {
        self.name = name
        folder = NSTemporaryDirectory() + "clipseg-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        certificateFile = folder + "/ca.pem"
        key = try Self.makeKey()
        certificate = try Self.makeCertificate(
            subject: name, issuer: name, serial: 1, key: key, signedWith: key, extensions: ["CA:TRUE"], days: 1)
        try Self.write(to: certificateFile) { PEM_write_bio_X509($0, certificate) }
    }

    deinit {
        X509_free(certificate)
        EVP_PKEY_free(key)
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// A certificate and its key in files of this name; what was there before is overwritten.
    public func issue(_ subject: String, file: String = "server", days: Int = 1, password: String? = nil) throws
        -> TLSConfiguration
    {
        issued += 1
        let subjectKey = try Self.makeKey()
        defer { EVP_PKEY_free(subjectKey) }
        let subjectCertificate = try Self.makeCertificate(
            subject: subject, issuer: name, serial: issued, key: subjectKey, signedWith: key, extensions: ["CA:FALSE"],
            days: days)
        defer { X509_free(subjectCertificate) }
        let files = TLSConfiguration(certificateFile: "\(folder)/\(file).pem", keyFile: "\(folder)/\(file).key")
        try Self.write(to: files.certificateFile) { PEM_write_bio_X509($0, subjectCertificate) }
        try Self.write(to: files.keyFile) { file in
            guard let password else { return PEM_write_bio_PrivateKey(file, subjectKey, nil, nil, 0, nil, nil) }
            return PEM_write_bio_PrivateKey(
                file, subjectKey, EVP_aes_128_cbc(), password, Int32(password.utf8.count), nil, nil)
        }
        return files
    }

    private static func makeKey() throws -> OpaquePointer {
        let context = EVP_PKEY_CTX_new_from_name(nil, "EC", nil)
        defer { EVP_PKEY_CTX_free(context) }
        var key: OpaquePointer?
        guard EVP_PKEY_keygen_init(context) == 1, EVP_PKEY_CTX_set_group_name(context, "P-256") == 1,
            EVP_PKEY_generate(context, &key) == 1, let key
        else { throw Failed() }
        return key
    }

    private static func makeCertificate(
        subject: String, issuer: String, serial: Int, key: OpaquePointer, signedWith authority: OpaquePointer,
        extensions: [String], days: Int
    ) throws -> OpaquePointer {
        guard let certificate = X509_new() else { throw Failed() }
        X509_set_version(certificate, 2)
        ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial)
        X509_gmtime_adj(X509_getm_notBefore(certificate), -10 * 86_400)
        X509_gmtime_adj(X509_getm_notAfter(certificate), days * 86_400)
        let names = [(X509_get_subject_name(certificate), subject), (X509_get_issuer_name(certificate), issuer)]
        for (name, text) in names {
            X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, text, -1, -1, 0)
        }
        X509_set_pubkey(certificate, key)
        for text in extensions {
            let made = X509V3_EXT_conf_nid(nil, nil, NID_basic_constraints, "critical," + text)
            X509_add_ext(certificate, made, -1)
            X509_EXTENSION_free(made)
        }
        guard X509_sign(certificate, authority, EVP_sha256()) > 0 else { throw Failed() }
        return certificate
    }

    private static func write(to path: String, _ body: (OpaquePointer?) -> Int32) throws {
        let file = BIO_new_file(path, "w")
        defer { BIO_free(file) }
        guard file != nil, body(file) == 1 else { throw Failed() }
    }
}
