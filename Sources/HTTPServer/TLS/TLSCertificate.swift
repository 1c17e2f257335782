internal import CTLS
internal import Glibc

/// What an operator wants to know of the certificate in use.
struct TLSCertificate: Sendable, Hashable {
    /// Whom it is for, such as `CN=example.org`.
    let subject: String
    /// The last day it is good for, in UTC, such as `2027-01-31`.
    let expiry: String
    /// It was too old already when it was loaded.
    let hasExpired: Bool

    /// - Parameter certificate: an `X509`.
    init(_ certificate: OpaquePointer) {
        subject = Self.name(X509_get_subject_name(certificate))
        let end = X509_get0_notAfter(certificate)
        var time = tm()
        _ = ASN1_TIME_to_tm(end, &time)
        expiry = [time.tm_year + 1900, time.tm_mon + 1, time.tm_mday]
            .map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: "-")
        hasExpired = X509_cmp_time(end, nil) < 0
    }

    /// In the form of RFC 2253, which escapes control characters.
    private static func name(_ name: OpaquePointer?) -> String {
        guard let memory = BIO_new(BIO_s_mem()) else { return "" }
        defer { BIO_free(memory) }
        ctls_print_name(memory, name)
        var text = [UInt8](repeating: 0, count: 1024)
        let count = BIO_read(memory, &text, Int32(text.count))
        return String(decoding: text.prefix(Int(max(0, count))), as: UTF8.self)
    }
}
