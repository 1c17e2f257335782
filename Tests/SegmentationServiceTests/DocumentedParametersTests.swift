import Foundation
import HTTPServer
import Imaging
import Testing

@testable import Segmentation
@testable import SegmentationService

/// openapi.yaml says of the routes beside `/v1/segment` what the code does: names, sentences, enumerations, defaults, limits
/// and examples.
@Suite struct DocumentedParametersTests {
    private static let document = YAMLSection(String(decoding: OpenAPIDocument.bytes, as: UTF8.self))

    private static func resolved(_ keys: String...) throws -> YAMLSection {
        try #require(document[keys], "\(keys)").resolved(in: document)
    }

    /// The parameters of an operation that stand in its query.
    private static func query(_ operation: YAMLSection) -> [YAMLSection] {
        (operation["parameters"]?.items ?? []).map { $0.resolved(in: document) }.filter { $0["in"]?.text == "query" }
    }

    // MARK: - Names

    /// The names that a refusal of an unknown one lists.
    private static func known(_ response: HTTPResponse) throws -> Set<String> {
        let list = try #require(response.text.firstMatch(of: /There are: ([a-z_, ]+)\./), "\(response.text)")
        return Set(list.output.1.split(separator: ", ").map(String.init))
    }

    /// The one name that is known only to be refused with a word why.
    private static let refused = "overlap_mask_area_threshold"

    @Test(
        "Queries and forms take the parameters that are described, and no others",
        arguments: [
            ("/v1/classify", "image"), ("/v1/embeddings", "image"), ("/v1/tokenize", nil),
            ("/hf/image-segmentation", "inputs"),
        ])
    func names(path: String, file: String?) async throws {
        let answer = try await ServiceFixture.ready().post(
            Array("{}".utf8), "application/json", target: path + "?zzz=1")
        let known = try Self.known(answer).subtracting([Self.refused])
        let operation = try Self.resolved("paths", path, "post")
        #expect(
            Set(Self.query(operation).compactMap { $0["name"]?.text }) == known.subtracting([file].compactMap(\.self)))
        let form = try #require(operation["requestBody", "content", "multipart/form-data", "schema"])
        #expect(try Set(#require(form.resolved(in: Self.document)["properties"]).keys) == known)
        let guide = try String(
            contentsOf: ServiceFixture.root.appending(path: "Documentation/api.md"), encoding: .utf8)
        for name in known { #expect(guide.contains("`\(name)`"), "the guide: \(name)") }
    }

    struct Object: Sendable, CustomTestStringConvertible {
        let path: String
        let json: String
        /// Where the schema is under the body's.
        var place: [String] = []
        var testDescription: String { "\(path) \(json)" }
    }

    private static let image = #"{"name": "image", "datatype": "BYTES", "shape": [1], "data": ["x"]"#
    private static let inPlace = ["properties", "parameters", "anyOf"]

    static let objects = [
        Object(path: "/v1/classify", json: #"{"zzz": 1}"#),
        Object(path: "/v1/embeddings", json: #"{"zzz": 1}"#),
        Object(path: "/v1/tokenize", json: #"{"zzz": 1}"#),
        Object(path: "/hf/image-segmentation", json: #"{"zzz": 1}"#),
        Object(path: "/hf/image-segmentation", json: #"{"parameters": {"zzz": 1}}"#, place: inPlace),
        Object(path: OpenInferenceRoutes.inferPath, json: #"{"zzz": 1}"#),
        Object(path: OpenInferenceRoutes.inferPath, json: #"{"parameters": {"zzz": 1}}"#, place: inPlace),
        Object(
            path: OpenInferenceRoutes.inferPath, json: #"{"inputs": [\#(image), "zzz": 1}]}"#,
            place: ["properties", "inputs", "items"]),
        Object(
            path: OpenInferenceRoutes.inferPath, json: #"{"inputs": [\#(image), "parameters": {"zzz": 1}}]}"#,
            place: ["properties", "inputs", "items"] + inPlace),
        Object(
            path: OpenInferenceRoutes.inferPath, json: #"{"outputs": [{"name": "mask", "zzz": 1}]}"#,
            place: ["properties", "outputs", "anyOf", "items"]),
        Object(
            path: OpenInferenceRoutes.inferPath, json: #"{"outputs": [{"name": "mask", "parameters": {"zzz": 1}}]}"#,
            place: ["properties", "outputs", "anyOf", "items"] + inPlace),
    ]

    @Test("JSON takes the members that are described, and no others", arguments: objects)
    func members(object: Object) async throws {
        let answer = try await ServiceFixture.ready().post(
            Array(object.json.utf8), "application/json", target: object.path)
        var schema = try Self.resolved(
            "paths", object.path, "post", "requestBody", "content", "application/json", "schema"
        )
        .resolved(in: Self.document)
        for key in object.place {
            let next = try #require(schema[key])
            schema = try key == "anyOf" ? #require(next.items.first) : next
        }
        #expect(try Set(#require(schema["properties"]).keys) == Self.known(answer).subtracting([Self.refused]))
    }

    @Test("GET takes no parameters, and ignores its query")
    func ignoredQueries() async throws {
        let service = try ServiceFixture.ready()
        let paths = try #require(Self.document["paths"])
        for path in paths.keys {
            guard let operation = paths[path, "get"] else { continue }
            #expect(Self.query(operation).isEmpty, "\(path)")
            #expect(try await service.get(path + "?zzz=1").status == .ok, "\(path)")
        }
    }

    // MARK: - Sentences

    @Test("Parameters are described as in the program's help", arguments: FeatureParameter.allCases)
    func sentences(parameter: FeatureParameter) throws {
        let name = parameter.rawValue.prefix(1).uppercased() + parameter.rawValue.dropFirst()
        if parameter != .image {
            #expect(try Self.resolved("components", "parameters", name)["description"]?.text == parameter.help)
        }
        let forms = try [
            Self.resolved("components", "schemas", "ClassifyForm"),
            Self.resolved("components", "schemas", "EmbeddingsForm"),
            Self.resolved("paths", "/v1/tokenize", "post", "requestBody", "content", "multipart/form-data", "schema"),
        ]
        let described = forms.compactMap { $0["properties", parameter.rawValue] }.filter { $0["type"] != nil }
            .map { $0["description"]?.text }
        #expect(Set(described).isSubset(of: [parameter.help]))
    }

    // MARK: - Values

    /// What schemas say under a key, in their order.
    struct Fact: Sendable, CustomTestStringConvertible {
        /// Where in the components, or in the paths.
        let place: String
        let key: String
        let values: [String]
        var testDescription: String { "\(place): \(key)" }

        init(_ place: String, _ key: String, _ values: [String]) {
            self.place = place
            self.key = key
            self.values = values
        }
    }

    private static let prompts = "\(SegmentationRequest.maxPrompts)"
    private static let images = "\(EmbeddingRequest.maxImages)"
    private static let classification = ClassificationRequest(image: [], labels: [])
    private static let outputs = InferenceOutput.Kind.allCases

    static let facts = [
        Fact("schemas ScoreKind", "enum", ScoreKind.allCases.map(\.rawValue)),
        Fact("schemas ScoreKind", "default", [classification.scores.rawValue]),
        Fact("schemas ScoreKind", "description", [FeatureParameter.scores.help]),
        Fact("schemas DecodingKind", "enum", DecodingKind.allCases.map(\.rawValue)),
        Fact("schemas DecodingKind", "default", [classification.decoding.rawValue]),
        Fact("schemas DecodingKind", "default", [EmbeddingRequest().decoding.rawValue]),
        Fact("schemas DecodingKind", "default", [SegmentationRequest(image: [], prompts: []).decoding.rawValue]),
        Fact("parameters Normalize", "default", ["\(EmbeddingRequest().normalize)"]),
        Fact("schemas EmbeddingsForm", "default", ["\(EmbeddingRequest().normalize)"]),
        Fact("schemas EmbeddingsJSON", "default", ["\(EmbeddingRequest().normalize)"]),
        Fact("schemas MaskThreshold", "default", [ImageSegmentationTask.usualMaskThreshold.shortText]),
        Fact("schemas LeastScore", "default", [ImageSegmentationTask.usualLeastScore.shortText]),
        Fact("schemas Subtask", "enum", ImageSegmentationTask.Subtask.allCases.map(\.rawValue)),
        Fact(
            "schemas Threshold", "default",
            [Double(SegmentationRequest(image: [], prompts: []).threshold).shortText]),
        Fact("parameters Label", "maxItems", [prompts]),
        Fact("parameters CandidateLabels", "maxItems", [prompts]),
        Fact("parameters Text", "maxItems", [prompts]),
        Fact("schemas ClassifyForm", "maxItems", [prompts]),
        Fact("schemas ClassifyJSON", "maxItems", [prompts]),
        Fact("schemas EmbeddingsForm", "maxItems", [prompts, images]),
        Fact("schemas EmbeddingsJSON", "maxItems", [prompts, images]),
        Fact("/v1/tokenize", "maxItems", [prompts]),
        Fact("schemas TokenizeTexts", "maxItems", [prompts]),
        Fact("schemas ImageSegmentationInput", "maxItems", [prompts]),
        Fact("schemas ImageSegmentationForm", "maxItems", [prompts]),
        Fact("schemas InferenceRequest", "maxLength", ["\(InferenceRequest.maxIDBytes)"]),
        Fact("schemas InferenceRequest", "enum", ["image", "prompts"] + outputs.map(\.rawValue)),
        Fact("schemas InferenceResponse", "enum", outputs.map(\.rawValue) + outputs.map(\.datatype)),
        Fact("schemas SegmentationReport", "maxItems", ["\(SegmentationReport.Prompt.maxComponents)"]),
        Fact("schemas Model", "enum", PrecisionChoice.allCases.filter { $0 != .auto }.map(\.rawValue)),
    ]

    @Test("Enumerations, defaults and numbers of values are the code's", arguments: facts)
    func value(fact: Fact) throws {
        let section =
            fact.place.hasPrefix("/")
            ? try Self.resolved("paths", fact.place)
            : try #require(Self.document[["components"] + fact.place.split(separator: " ").map(String.init)])
        #expect(section.values(ofAll: fact.key) == fact.values)
    }

    // MARK: - Examples

    @Test("What is sent and answered as JSON is shown", arguments: document["paths"]?.keys ?? [])
    func examples(path: String) throws {
        guard let operation = Self.document["paths", path, "post"] else { return }
        for body in ["requestBody", "responses 200"] {
            let keys = body.split(separator: " ").map(String.init) + ["content", "application/json"]
            let content = try #require(operation[keys], "\(body)")
            guard content["example"] == nil, content["examples"] == nil else { continue }
            let schema = try #require(content["schema"])
            for choice in schema["anyOf"]?.items ?? [schema] {
                #expect(choice.resolved(in: Self.document)["examples"] != nil, "\(body)")
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let response: String
        let code: String
        let request: HTTPRequest
        var testDescription: String { code }

        init(_ response: String, _ code: String, _ target: String, _ form: Form, accept: String? = nil) throws {
            self.response = response
            self.code = code
            var headers: HTTPHeaders = ["Content-Type": form.contentType]
            headers["Accept"] = accept
            request = try HTTPRequest(method: .post, target: target, headers: headers, body: form.body)
        }
    }

    private static func refusals() throws -> [Refusal] {
        let form = Form().with(file: try ServiceFixture.scene())
        return try [
            Refusal("BadRequest", "missing_parameter", "/v1/segment", form),
            Refusal("BadRequest", "unknown_parameter", "/v1/classify?foo=1", form),
            Refusal("BadRequest", "duplicate_parameter", "/v1/segment?prompt=x", form.with(file: [1])),
            Refusal("BadRequest", "invalid_parameter", "/v1/segment?prompt=x&threshold=2", form),
            Refusal("BadRequest", "empty_image", "/v1/segment?prompt=x", Form().with(file: [])),
            Refusal(
                "ContentTooLarge", "multipart_too_large", "/v1/segment",
                (0...SegmentationParameters.maxParts).reduce(Form()) { form, _ in form.with("prompt", "x") }),
            Refusal("NotAcceptable", "not_acceptable", "/v1/segment?prompt=x", form, accept: "text/html"),
            Refusal("UnsupportedMediaType", "unsupported_image_type", "/v1/segment?prompt=x", Form().with(file: [1])),
        ]
    }

    @Test("Refusals that are shown are worded so")
    func shown() async throws {
        let service = try ServiceFixture.ready()
        for refusal in try Self.refusals() {
            let content = try #require(
                Self.document["components", "responses", refusal.response, "content", "application/problem+json"])
            let example = try #require(
                content["examples", refusal.code, "value"] ?? content["example"], "\(refusal.code)")
            let problem = try await service.answer(refusal.request).problem()
            #expect(problem.code == refusal.code)
            #expect(problem.detail == example["detail"]?.text)
            #expect(problem.instance == example["instance"]?.text)
            #expect(problem.parameter == example["parameter"]?.text)
        }
    }
}
