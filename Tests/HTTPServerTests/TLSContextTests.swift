import Foundation
import TestAuthority
import Testing

@testable import HTTPServer

@Suite struct TLSContextTests {
    private func error(_ configuration: TLSConfiguration) -> TLSError? {
        do {
            _ = try TLSContext(configuration)
            return nil
        } catch {
            return error
        }
    }

    @Test("Good files make a context that knows whose certificate it is, and until when it is good") func good() throws
    {
        let authority = try TestAuthority()
        let certificate = try TLSContext(authority.issue("example.org", days: 3)).certificate
        #expect(certificate.subject == "CN=example.org")
        #expect(!certificate.hasExpired)
        let expiry = Date.now.addingTimeInterval(3 * 86_400).ISO8601Format()
        #expect(expiry.hasPrefix(certificate.expiry))
        #expect(try TLSContext(authority.issue("old", days: -1)).certificate.hasExpired)
        #expect(try TLSContext(authority.issue("a\nb")).certificate.subject == #"CN=a\0Ab"#)
    }

    @Test("A file that is of no use is an error that names it and says what to do") func bad() throws {
        let authority = try TestAuthority()
        let good = try authority.issue("localhost")
        let junk = authority.folder + "/junk"
        try Data("junk".utf8).write(to: URL(fileURLWithPath: junk))
        let missing = authority.folder + "/missing"
        let encrypted = try authority.issue("other", file: "encrypted", password: "secret").keyFile
        let folder = authority.folder

        func with(certificate: String? = nil, key: String? = nil, authority: String? = nil) -> TLSError? {
            error(
                TLSConfiguration(
                    certificateFile: certificate ?? good.certificateFile, keyFile: key ?? good.keyFile,
                    clientAuthorityFile: authority))
        }
        #expect(with() == nil)
        for path in [junk, missing, folder, good.keyFile] {
            for error in [with(certificate: path), with(authority: path)] {
                #expect(error?.description.contains(path) == true, "\(String(describing: error))")
            }
        }
        #expect(with(key: missing) == .noSuchFile(path: missing))
        for path in [junk, folder, good.certificateFile, encrypted] {
            guard case .badKey(path, _) = with(key: path) else {
                Issue.record("\(path): \(String(describing: with(key: path)))" as Comment)
                continue
            }
        }
        let other = try authority.issue("another", file: "another")
        #expect(
            with(key: other.keyFile)
                == .keyMismatch(keyFile: other.keyFile, certificateFile: good.certificateFile))
    }
}
