@testable import HTTPServer

extension FuzzTarget {
    /// A Content-Type, a line feed, and a form's body. Parts stay within the limits, and written down again in the
    /// plainest way are read as the same.
    static let multipart = FuzzTarget(maxLength: 2048) { bytes in
        let lines = bytes.split(separator: .lf, maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2 else { return }
        let contentType = String(decoding: lines[0], as: UTF8.self)
        for limits in [MultipartLimits(), small] {
            let parts: [MultipartFormData.Part]
            do throws(HTTPProblem) {
                parts = try MultipartFormData.parse(body: Array(lines[1]), contentType: contentType, limits: limits)
            } catch {
                require([400, 413, 415].contains(error.status.code), "a refusal as documented")
                continue
            }
            require(parts.count <= limits.maxParts, "no more parts than allowed")
            for part in parts {
                require(part.headers.count <= limits.maxHeaderCount, "no more headers than allowed")
                let limit = part.filename == nil ? limits.maxFieldBytes : limits.maxFileBytes
                require(part.body.count <= limit, "no larger part than allowed")
            }
            guard let boundary = ParameterizedValue(parsing: contentType)?["boundary"] else {
                fatalError("Broken promise: a form has a boundary")
            }
            let again = try? MultipartFormData.parse(
                body: plainly(parts, boundary), contentType: contentType, limits: repaired)
            require(again == parts, "the same parts")
        }
    }

    private static let small = {
        var limits = MultipartLimits()
        limits.maxParts = 2
        limits.maxHeaderBytes = 90
        limits.maxHeaderCount = 2
        limits.maxFieldBytes = 8
        limits.maxFileBytes = 16
        return limits
    }()

    /// A byte that is not UTF-8 is written down again as the three of U+FFFD.
    private static let repaired = {
        var limits = MultipartLimits()
        limits.maxHeaderBytes *= 3
        return limits
    }()

    private static func plainly(_ parts: [MultipartFormData.Part], _ boundary: String) -> [UInt8] {
        var body: [UInt8] = []
        for part in parts {
            let fields = part.headers.map { "\($0.name): \($0.value)\r\n" }.joined()
            body += "--\(boundary)\r\n\(fields)\r\n".utf8 + part.body + "\r\n".utf8
        }
        return body + "--\(boundary)--".utf8
    }
}
