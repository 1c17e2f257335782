import HTTPServer
import Segmentation

/// The parameters of a segmentation, from a multipart form, or from the query with the image as the body.
///
/// What is not known is refused, never ignored.
struct SegmentForm {
    private static let imageTypes = ["image/png", "image/jpeg", "application/octet-stream"]
    private static let repeatable: Set<String> = ["prompt"]
    private static let known: Set<String> = ["prompt", "threshold", "as", "decode"]

    /// Room for all prompts and every other parameter.
    static var defaultLimits: MultipartLimits {
        var limits = MultipartLimits()
        limits.maxParts = SegmentationRequest.maxPrompts + known.count + 1
        return limits
    }

    /// Names, and values of all parameters but prompts, are words or numbers. To compare long strings can take seconds:
    /// Swift's time is quadratic in the combining marks of one character.
    private static let maxWordBytes = 256

    private var image: [UInt8]?
    private var values: [String: [String]] = [:]

    init(_ request: HTTPRequest, limits: MultipartLimits = defaultLimits) throws(HTTPProblem) {
        guard let contentType = request.headers["Content-Type"] else { throw Self.wrongType("missing") }
        for item in request.query { try add(item.name, item.value) }
        let beforeParameters = contentType.utf8.prefix { $0 != UInt8(ascii: ";") }
        let type = String(Substring(beforeParameters)).filter { !$0.isWhitespace }.lowercased()
        guard type.utf8.count <= Self.maxWordBytes else { throw Self.wrongType("too long") }
        if type == "multipart/form-data" {
            try add(MultipartFormData.parse(body: request.body, contentType: contentType, limits: limits))
        } else if Self.imageTypes.contains(type) {
            image = request.body
        } else {
            throw Self.wrongType(type)
        }
    }

    private static func wrongType(_ found: String) -> HTTPProblem {
        HTTPProblem(
            status: .unsupportedMediaType, code: "unsupported_media_type",
            detail: "The Content-Type is \(found). Send multipart/form-data with a file “image”, or an image/png or "
                + "image/jpeg body with the prompt in the query.")
    }

    private mutating func add(_ parts: [MultipartFormData.Part]) throws(HTTPProblem) {
        for part in parts {
            try Self.checkLength(ofName: part.name)
            if part.name == "image" {
                guard image == nil else { throw Self.duplicate("image") }
                image = Array(part.body)
            } else if let text = part.text {
                try add(part.name, text)
            } else {
                throw Self.invalid(part.name, "is not UTF-8 text")
            }
        }
    }

    private static func checkLength(ofName name: String) throws(HTTPProblem) {
        guard name.utf8.count <= maxWordBytes else {
            throw HTTPProblem(
                status: .badRequest, code: "unknown_parameter",
                detail: "A parameter's name has \(name.utf8.count) bytes. There is none so long.")
        }
    }

    private mutating func add(_ name: String, _ value: String) throws(HTTPProblem) {
        try Self.checkLength(ofName: name)
        guard name != "image" else {
            throw Self.invalid(name, "is a file: send it as a file in a multipart form, or as the body")
        }
        guard Self.known.contains(name) else {
            throw HTTPProblem(
                status: .badRequest, code: "unknown_parameter",
                detail:
                    "There is no parameter “\(name)”. There are: image, \(Self.known.sorted().joined(separator: ", ")).",
                parameter: name)
        }
        guard values[name] == nil || Self.repeatable.contains(name) else { throw Self.duplicate(name) }
        guard name == "prompt" || value.utf8.count <= Self.maxWordBytes else {
            throw Self.invalid(name, "has \(value.utf8.count) bytes; at most \(Self.maxWordBytes) make sense")
        }
        values[name, default: []].append(value)
    }

    private static func duplicate(_ name: String) -> HTTPProblem {
        HTTPProblem(
            status: .badRequest, code: "duplicate_parameter",
            detail: "“\(name)” is given more than once. Give it once.",
            parameter: name)
    }

    private static func invalid(_ name: String, _ problem: String) -> HTTPProblem {
        HTTPProblem(status: .badRequest, code: "invalid_parameter", detail: "“\(name)” \(problem).", parameter: name)
    }

    /// - Throws: `HTTPProblem` if a parameter is missing or makes no sense.
    func segmentationRequest() throws(HTTPProblem) -> SegmentationRequest {
        guard let image else {
            throw HTTPProblem(
                status: .badRequest, code: "missing_parameter",
                detail: "There is no image. Send a PNG or JPEG file in the field “image”.", parameter: "image")
        }
        var request = SegmentationRequest(
            image: image, prompts: (values["prompt"] ?? []).map(SegmentationRequest.Prompt.text))
        if let text = values["threshold"]?.first {
            guard let threshold = Float(text) else {
                throw Self.invalid("threshold", "is “\(text)”; give a number between 0 and 1")
            }
            request.threshold = threshold
        }
        if let name = values["as"]?.first {
            guard let output = OutputKind(rawValue: name) else {
                let known = OutputKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.invalid("as", "is “\(name)”; it can be \(known)")
            }
            request.output = output
        }
        if let name = values["decode"]?.first {
            guard let decoding = DecodingKind(rawValue: name) else {
                let known = DecodingKind.allCases.map(\.rawValue).joined(separator: ", ")
                throw Self.invalid("decode", "is “\(name)”; it can be \(known)")
            }
            request.decoding = decoding
        }
        return request
    }
}
