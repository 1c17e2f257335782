import HTTPServer
import Segmentation

/// A request of the Open Inference Protocol: the inputs `image`, one element of BYTES, and `prompts`, one or more.
///
/// BYTES in JSON are strings in UTF-8, so the image is there in base64. As binary data it is the file itself.
struct InferenceRequest: Sendable {
    /// The length of the JSON before the binary data.
    static let headerLength = "Inference-Header-Content-Length"

    /// What `id` may have.
    static let maxIDBytes = 256

    /// What the answer is to repeat.
    let id: String?
    let prompts: [String]
    let outputs: [InferenceOutput]
    var segmentation: SegmentationRequest

    var answersBinary: Bool { outputs.contains(where: \.isBinary) }
    var contentType: String { answersBinary ? "application/octet-stream" : "application/json" }

    /// - Throws: `HTTPProblem` if the request can't be read, or asks for what there is not.
    init(_ request: HTTPRequest, limits: JSONLimits = JSONLimits()) throws(HTTPProblem) {
        if let stranger = request.query.first {
            throw .invalidParameter(String(stranger.name.prefix(100)), "is in the query; this protocol has no query")
        }
        let (json, binary) = try Self.split(request)
        var fields = try JSONFields(parsing: json, limits: limits)
        id = try fields.text("id")
        if let id, id.utf8.count > Self.maxIDBytes {
            throw .invalidParameter("id", "has more than \(Self.maxIDBytes) bytes")
        }
        guard try fields.word("model_name").map({ $0 == OpenInferenceRoutes.model }) ?? true else {
            throw .invalidParameter("model_name", "is not \(OpenInferenceRoutes.model)")
        }
        var parameters = try fields.object("parameters")
        let threshold = try parameters?.number("threshold")
        let decoding = try parameters?.choice("decode", of: DecodingKind.self)
        let binaryOutputs = try parameters?.flag("binary_data_output") ?? false
        try parameters?.requireNothingElse()
        var tensors = try BytesTensor.inputs(&fields, binary: binary)
        outputs = try Self.outputs(&fields, binary: binaryOutputs)
        try fields.requireNothingElse()
        guard threshold == nil || outputs.contains(where: { $0.kind == .mask }) else {
            throw HTTPProblem(
                status: .badRequest, code: "contradictory_parameter",
                detail: "“parameters.threshold” means nothing without the output mask.",
                parameter: "parameters.threshold")
        }

        let images = tensors.removeValue(forKey: "image")
        let texts = tensors.removeValue(forKey: "prompts")
        guard let images else { throw Self.missing("image") }
        guard let texts else { throw Self.missing("prompts") }
        prompts = try texts.texts(maxBytes: limits.maxTextBytes)
        segmentation = SegmentationRequest(
            image: try images.file(), prompts: prompts.map(SegmentationRequest.Prompt.text))
        if let threshold { segmentation.threshold = Float(threshold) }
        if let decoding { segmentation.decoding = decoding }
    }

    /// The JSON and what follows it.
    private static func split(
        _ request: HTTPRequest
    ) throws(HTTPProblem) -> (json: [UInt8], binary: ArraySlice<UInt8>) {
        try requireType(request)
        let lengths = request.headers.values(of: headerLength)
        guard let value = lengths.first else { return (request.body, []) }
        guard lengths.count == 1, value.utf8.count < 20, value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            let length = Int(value), length <= request.body.count
        else {
            throw .invalidParameter(headerLength, "should be the length of the JSON, no more than the body's")
        }
        return (Array(request.body[..<length]), request.body[length...])
    }

    /// Clients that send binary data often name no type.
    private static func requireType(_ request: HTTPRequest) throws(HTTPProblem) {
        guard request.headers["Content-Type"] != nil else { return }
        guard let type = request.headers.mediaType, ["application/json", "application/octet-stream"].contains(type)
        else {
            throw HTTPProblem(
                status: .unsupportedMediaType, code: "unsupported_media_type",
                detail: "The Content-Type should be application/json, or application/octet-stream with binary data.")
        }
    }

    /// All outputs, unless some are asked for.
    private static func outputs(
        _ fields: inout JSONFields, binary: Bool
    ) throws(HTTPProblem) -> [InferenceOutput] {
        var outputs: [InferenceOutput] = []
        for var output in try fields.objects("outputs") {
            guard let kind = try output.choice("name", of: InferenceOutput.Kind.self) else {
                throw .missingParameter(output.path(of: "name"), "An output has no name.")
            }
            guard !outputs.contains(where: { $0.kind == kind }) else {
                throw .duplicateParameter(output.path(of: kind.rawValue))
            }
            var parameters = try output.object("parameters")
            let isBinary = try parameters?.flag("binary_data") ?? binary
            try parameters?.requireNothingElse()
            try output.requireNothingElse()
            outputs.append(InferenceOutput(kind: kind, isBinary: isBinary))
        }
        guard outputs.isEmpty else { return outputs }
        return InferenceOutput.Kind.allCases.map { InferenceOutput(kind: $0, isBinary: binary) }
    }

    private static func missing(_ input: String) -> HTTPProblem {
        .missingParameter(input, "There is no input “\(input)”. Give the inputs image and prompts, both BYTES.")
    }
}
