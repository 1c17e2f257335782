import HTTPServer
import Segmentation

/// What `POST /v1/segment` is asked, from a multipart form, from JSON, or from the query with the image as the body.
struct SegmentForm {
    /// Room for the image and every parameter as often as it may be given.
    static var defaultLimits: MultipartLimits {
        var limits = MultipartLimits()
        limits.maxParts = SegmentationParameters.maxParts
        return limits
    }

    private var image: [UInt8]?
    private var parameters = SegmentationParameters()

    /// What a request asks for.
    ///
    /// - Throws: `HTTPProblem` if a parameter is missing, unknown or makes no sense.
    static func segmentationRequest(
        _ request: HTTPRequest, limits: RequestFields.Limits = RequestFields.Limits()
    ) throws(HTTPProblem) -> SegmentationRequest {
        try SegmentForm(request, limits).segmentationRequest(accepting: AcceptHeader(request))
    }

    private init(_ request: HTTPRequest, _ limits: RequestFields.Limits) throws(HTTPProblem) {
        let kind = try BodyKind(request, takesFile: true)
        for item in request.query { try add(item.name, .text(item.value)) }
        switch kind {
        case .form:
            let contentType = request.headers["Content-Type"] ?? ""
            try add(MultipartFormData.parse(body: request.body, contentType: contentType, limits: limits.form))
        case .json: try add(JSONValue(parsing: request.body, limits: limits.json))
        case .file: image = request.body
        }
    }

    // MARK: - Reading

    private mutating func add(_ parts: [MultipartFormData.Part]) throws(HTTPProblem) {
        for part in parts {
            // By the byte: the name can be as long as a header.
            if part.name.utf8.elementsEqual("image".utf8) {
                try add(image: Array(part.body))
            } else if try kind(part.name) == .file {
                try add(part.name, .file(Array(part.body)))
            } else if let text = part.text {
                try add(part.name, .text(text))
            } else {
                throw HTTPProblem.invalidParameter(part.name, "is not UTF-8 text")
            }
        }
    }

    private mutating func add(_ json: JSONValue) throws(HTTPProblem) {
        guard case .object(let members) = json else {
            throw HTTPProblem(
                status: .badRequest, code: "malformed_json", detail: "The JSON should be an object: { … }.")
        }
        for member in members {
            if member.name.utf8.elementsEqual("image".utf8) {
                guard member.value != .null else { continue }
                guard case .string(let text) = member.value else {
                    throw HTTPProblem.invalidParameter("image", "is no string; it should be a file in base64")
                }
                try add(image: EncodedFile.decode(text, parameter: "image"))
            } else {
                // JSON has one list where forms have many fields.
                let name = member.name.utf8.elementsEqual("prompts".utf8) ? "prompt" : member.name
                let kind = try kind(name)
                guard member.value != .null else { continue }
                for value in try JSONParameter(name, kind).values(member.value) { try add(name, value) }
            }
        }
    }

    private mutating func add(image bytes: [UInt8]) throws(HTTPProblem) {
        guard image == nil else { throw HTTPProblem.duplicateParameter("image") }
        image = bytes
    }

    private func kind(_ name: String) throws(HTTPProblem) -> ParameterKind {
        do throws(InputError) {
            return try SegmentationParameters.parameter(name).kind
        } catch {
            throw HTTPProblem(error)
        }
    }

    private mutating func add(_ name: String, _ value: ParameterValue) throws(HTTPProblem) {
        guard !name.utf8.elementsEqual("image".utf8) else {
            throw HTTPProblem.invalidParameter(
                name, "is a file: send it as a file in a multipart form, in base64 in JSON, or as the body")
        }
        do throws(InputError) {
            try parameters.add(name, value)
        } catch {
            throw HTTPProblem(error)
        }
    }

    // MARK: - Result

    private func segmentationRequest(accepting accept: AcceptHeader) throws(HTTPProblem) -> SegmentationRequest {
        guard let image else { throw .missingImage }
        do throws(InputError) {
            var parameters = parameters
            let wantsJSON = !accept.allows("image/png") && accept.allows("application/json")
            // Separate pictures come in JSON anyway.
            if wantsJSON, !parameters.has("as"), !parameters.has("combine", Combination.separate.rawValue) {
                try parameters.add("as", .text(OutputKind.json.rawValue))
            }
            var request = try parameters.request(image: image)
            if !accept.allows("application/json"), accept.allows("application/zip") { request.package = .zip }
            return request
        } catch {
            throw HTTPProblem(error)
        }
    }
}

extension HTTPProblem {
    static let missingImage = missingParameter(
        "image", "There is no image. Send a PNG or JPEG file in the field “image”.")

    /// What a caller sent and can't be used.
    init(_ error: InputError) {
        self.init(
            status: error.kind.status, code: error.code, detail: error.description, parameter: error.parameter)
    }
}
