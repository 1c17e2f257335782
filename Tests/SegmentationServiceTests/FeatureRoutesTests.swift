import Foundation
import HTTPServer
import Segmentation
import Testing

@testable import SegmentationService

/// `/v1/classify`, `/v1/embeddings` and `/v1/tokenize`.
@Suite struct FeatureRoutesTests {
    private struct Classification: Decodable, Equatable {
        let model: String
        let labels: [String]
        let logitsPerImage: [Float]
        let scores: [Float]
    }

    private struct Embeddings: Decodable, Equatable {
        let model: String
        let normalized: Bool
        let texts: [[Float]]
        let images: [[Float]]
    }

    private struct Tokenization: Decodable {
        struct Text: Decodable {
            let ids: [Int]
            let tokens: [String]
            let count: Int
            let tooLong: Bool
        }

        let limit: Int
        let texts: [Text]
    }

    private static func json(_ text: String) throws -> [UInt8] {
        Array(text.replacing("IMAGE", with: Data(try ServiceFixture.scene()).base64EncodedString()).utf8)
    }

    private static func decoded<Answer: Decodable>(_ response: HTTPResponse) throws -> Answer {
        #expect(response.status == .ok && response.headers["Content-Type"] == "application/json", "\(response.text)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(response.body))
    }

    @Test("Labels are scored alike by form, body and JSON")
    func classify() async throws {
        let (service, image) = (try ServiceFixture.ready(), try ServiceFixture.scene())
        let form = Form().with(file: image).with("label", "drum").with("label", "taco")
        let byForm: Classification = try Self.decoded(await service.post(form, target: "/v1/classify"))
        let byBody: Classification = try Self.decoded(
            await service.post(image, "image/jpeg", target: "/v1/classify?label=drum&label=taco&scores=softmax"))
        let byJSON: Classification = try Self.decoded(
            await service.post(
                Self.json(#"{"image":"data:image/jpeg;base64,IMAGE","labels":["drum","taco"]}"#), "application/json",
                target: "/v1/classify"))
        #expect(byForm == byBody && byForm == byJSON)
        #expect(byForm.model == "clipseg-demo" && byForm.labels == ["drum", "taco"])
        #expect(byForm.scores[0] > 0.9 && abs(byForm.scores.reduce(0, +) - 1) < 1e-5)
        let raw: Classification = try Self.decoded(
            await service.post(form.with("scores", "raw").with("decode", "exact"), target: "/v1/classify"))
        #expect(raw.scores == byForm.logitsPerImage && raw.logitsPerImage == byForm.logitsPerImage)
    }

    @Test("Texts and images are embedded together, normalised if asked for")
    func embeddings() async throws {
        let service = try ServiceFixture.ready()
        let json = #"{"texts":["drum","taco"],"images":["IMAGE"],"normalize":NORMALIZE,"decode":"exact"}"#
        var answers: [Embeddings] = []
        for normalize in ["false", "true"] {
            let body = try Self.json(json.replacing("NORMALIZE", with: normalize))
            answers.append(
                try Self.decoded(await service.post(body, "application/json", target: "/v1/embeddings")))
        }
        let (plain, normalized) = (answers[0], answers[1])
        #expect(!plain.normalized && normalized.normalized)
        #expect(plain.texts.count == 2 && plain.images.count == 1 && plain.images[0].count == 128)
        for (plain, normalized) in zip(plain.texts + plain.images, normalized.texts + normalized.images) {
            let length = plain.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(length - 1) > 1e-3)
            #expect(zip(plain, normalized).allSatisfy { abs($0 / length - $1) < 1e-5 })
        }
        let form = Form().with("text", "drum").with(file: try ServiceFixture.scene()).with("text", "taco")
        let byForm: Embeddings = try Self.decoded(await service.post(form, target: "/v1/embeddings"))
        #expect(byForm == plain)
        let byBody: Embeddings = try Self.decoded(
            await service.post(try ServiceFixture.scene(), "image/jpeg", target: "/v1/embeddings?text=drum&text=taco"))
        #expect(byBody == plain)
    }

    @Test("decode=fast reads a large JPEG otherwise; what it shows is nearly the same")
    func decoding() async throws {
        let (service, image) = (try ServiceFixture.ready(), try ServiceFixture.largeScene())
        func answer<Answer: Decodable>(_ target: String, _ decoding: String) async throws -> Answer {
            let form = Form().with(file: image).with("decode", decoding)
            return try Self.decoded(await service.post(form, target: target))
        }
        let target = "/v1/classify?label=purple+ring&label=orange+cross"
        let exact: Classification = try await answer(target, "exact")
        let fast: Classification = try await answer(target, "fast")
        let difference = abs(exact.logitsPerImage[0] - fast.logitsPerImage[0])
        #expect(difference > 1e-3 && difference < 1)

        let whole: Embeddings = try await answer("/v1/embeddings?normalize=true", "exact")
        let reduced: Embeddings = try await answer("/v1/embeddings?normalize=true", "fast")
        let pairs = zip(whole.images[0], reduced.images[0])
        #expect(pairs.contains { abs($0 - $1) > 1e-4 })
        #expect(pairs.reduce(0) { $0 + $1.0 * $1.1 } > 0.999)
    }

    @Test("Texts are taken apart, one that is too long too")
    func tokenize() async throws {
        let service = try ServiceFixture.ready()
        let long = [String](repeating: "a", count: 31).joined(separator: " ")
        let response = try await service.post(
            Self.json(#"{"texts":["A red circle","\#(long)"]}"#), "application/json", target: "/v1/tokenize")
        let tokenization: Tokenization = try Self.decoded(response)
        #expect(tokenization.limit == 32)
        #expect(tokenization.texts[0].tokens == ["<|startoftext|>", "a</w>", "red</w>", "circle</w>", "<|endoftext|>"])
        #expect(tokenization.texts[0].count == 5 && tokenization.texts[0].ids.count == 5)
        #expect(tokenization.texts.map(\.tooLong) == [false, true])
        let byForm = try await service.post(
            Form().with("text", "A red circle").with("text", long), target: "/v1/tokenize")
        #expect(byForm.body == response.body)
    }

    @Test(
        "What makes no sense is refused by name",
        arguments: [
            ("/v1/classify", #"{"labels":["a"]}"#, 400, "missing_parameter", "image"),
            ("/v1/classify", #"{"image":"IMAGE"}"#, 400, "missing_parameter", "label"),
            ("/v1/classify", #"{"image":"IMAGE","labels":[" "]}"#, 400, "empty_prompt", "label"),
            (
                "/v1/classify", #"{"image":"IMAGE","labels":["a"],"scores":"sigmoid"}"#, 400, "invalid_parameter",
                "scores"
            ),
            ("/v1/classify", #"{"image":"IMAGE","labels":["a"],"decode":"quick"}"#, 400, "invalid_parameter", "decode"),
            ("/v1/classify", #"{"image":"IMAGE","label":["a"]}"#, 400, "unknown_parameter", "label"),
            ("/v1/classify?label=b&x=1", #"{"image":"IMAGE","labels":["a"]}"#, 400, "unknown_parameter", "x"),
            ("/v1/classify", #"{"image":"aGVsbG8=","labels":["a"]}"#, 415, "unsupported_image_type", "image"),
            ("/v1/classify", #"{"image":"https://e.org/x.png","labels":["a"]}"#, 400, "invalid_parameter", "image"),
            ("/v1/embeddings", #"{"texts":[]}"#, 400, "missing_parameter", "text"),
            ("/v1/embeddings", #"{"texts":["a"],"normalize":1}"#, 400, "invalid_parameter", "normalize"),
            ("/v1/embeddings?normalize=yes", #"{"texts":["a"]}"#, 400, "invalid_parameter", "normalize"),
            ("/v1/embeddings", #"{"texts":["a"],"dimensions":9}"#, 400, "unknown_parameter", "dimensions"),
            ("/v1/embeddings", #"{"texts":["a"],"decode":"fast"}"#, 400, "contradictory_parameter", "decode"),
            ("/v1/embeddings?decode=fast", #"{"texts":["a"]}"#, 400, "contradictory_parameter", "decode"),
            (
                "/v1/embeddings?normalize=true", #"{"texts":["a"],"normalize":true}"#, 400, "duplicate_parameter",
                "normalize"
            ),
            (
                "/v1/classify?scores=raw", #"{"image":"IMAGE","labels":["a"],"scores":"raw"}"#, 400,
                "duplicate_parameter", "scores"
            ),
            (
                "/v1/classify?decode=fast&decode=fast", #"{"image":"IMAGE","labels":["a"]}"#, 400,
                "duplicate_parameter", "decode"
            ),
            ("/v1/classify", #"{"image":"IMAGE","labels":["a"],"x":null}"#, 400, "unknown_parameter", "x"),
            ("/v1/embeddings", #"{"texts":"TEXT"}"#, 422, "prompt_too_long", "text"),
            ("/v1/tokenize", "{}", 400, "missing_parameter", "text"),
            ("/v1/tokenize", #"{"texts":[1]}"#, 400, "invalid_parameter", "texts"),
            ("/v1/tokenize", #"{"texts":["a"],"truncate":true}"#, 400, "unknown_parameter", "truncate"),
            ("/v1/tokenize", #"{"texts":["a","a"],"texts":[]}"#, 400, "duplicate_parameter", "texts"),
            ("/v1/tokenize", #"["a"]"#, 400, "malformed_json", nil),
        ] as [(String, String, Int, String, String?)])
    func refused(target: String, json: String, status: Int, code: String, parameter: String?) async throws {
        let text = json.replacing("TEXT", with: [String](repeating: "a", count: 40).joined(separator: " "))
        let response = try await ServiceFixture.ready().post(Self.json(text), "application/json", target: target)
        let problem = try response.problem()
        #expect(response.status.code == status && problem.code == code && problem.parameter == parameter)
        #expect(problem.instance.map { target.hasPrefix($0) } == true)
    }

    @Test("An image is no body for tokens, and text no body for any")
    func wrongType() async throws {
        let service = try ServiceFixture.ready()
        #expect(try await service.post([1], "image/png", target: "/v1/tokenize?text=a").status == .unsupportedMediaType)
        for path in ["/v1/classify", "/v1/embeddings", "/v1/tokenize"] {
            #expect(try await service.post([1], "text/plain", target: path).status == .unsupportedMediaType)
        }
    }
}
