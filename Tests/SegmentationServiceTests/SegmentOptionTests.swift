import Foundation
import HTTPServer
import Imaging
import Segmentation
import Testing

@testable import SegmentationService

/// The ways in which `POST /v1/segment` takes parameters, and what it answers to `Accept`.
@Suite struct SegmentOptionTests {
    private static let balloon = "a picture of the balloon"

    private func json(_ members: [String: Any], headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        let body = [UInt8](try JSONSerialization.data(withJSONObject: members))
        return try await ServiceFixture.ready().post(body, "application/json", headers: headers)
    }

    private func encodedScene() throws -> String { Data(try ServiceFixture.scene()).base64EncodedString() }

    @Test("JSON asks for what a form asks for")
    func jsonBody() async throws {
        let form = try await ServiceFixture.ready().post(
            Form().with(file: try ServiceFixture.scene()).with("prompt", Self.balloon).with("prompt", "drum")
                .with("threshold", "0.3").with("threshold", "0.6").with("grow", "2").with("bit_depth", "1")
                .with("fill_holes", "true").with("size", "200x150"))
        #expect(form.status == .ok)
        let members: [String: Any] = [
            "prompt": [Self.balloon, "drum"], "threshold": [0.3, 0.6], "grow": 2, "bit_depth": 1, "fill_holes": true,
            "size": "200x150",
        ]
        for image in [try encodedScene(), "data:image/jpeg;base64," + (try encodedScene())] {
            let response = try await json(members.merging(["image": image]) { $1 })
            #expect(response.status == .ok, "\(response.text.prefix(300))")
            #expect(response.body == form.body)
        }
    }

    @Test("JSON may call prompts so, and give one thing alone")
    func singleValues() async throws {
        let list = try await json(["image": try encodedScene(), "prompts": ["drum"], "threshold": [0.4]])
        let single = try await json([
            "image": try encodedScene(), "prompt": "drum", "threshold": 0.4, "combine": NSNull(),
        ])
        #expect(list.status == .ok && list.body == single.body)
        let automatic = try await json(["image": try encodedScene(), "prompt": "drum", "threshold": "auto"])
        #expect(automatic.status == .ok)
    }

    @Test("JSON gives images and embeddings to look for")
    func promptsInJSON() async throws {
        let numbers = try await #require(ServiceFixture.pool).embedding(text: Self.balloon)
        let text = try await json(["image": try encodedScene(), "prompt": Self.balloon])
        for embedding in [numbers, [numbers]] as [Any] {
            let found = try await json(["image": try encodedScene(), "embedding": embedding])
            #expect(try RGBImage(decoding: found.body) == RGBImage(decoding: text.body))
        }
        let two = try await json([
            "image": try encodedScene(), "embedding": [numbers, numbers], "as": "json", "mask_format": "none",
        ])
        #expect(two.text.contains("embedding 2"))
        let picture = try await json(["image": try encodedScene(), "prompt_image": try encodedScene()])
        let form = try await ServiceFixture.ready().post(
            Form().with(file: try ServiceFixture.scene()).with(file: try ServiceFixture.scene(), "prompt_image"))
        #expect(picture.status == .ok && picture.body == form.body)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let body: String
        let code: String
        var parameter: String?
        var status = 400
        var testDescription: String { body }
    }

    static let refusals = [
        Refusal(body: "", code: "malformed_json"),
        Refusal(body: "[]", code: "malformed_json"),
        Refusal(body: "{\"image\": \"QUJD\"", code: "malformed_json"),
        Refusal(body: "{}", code: "missing_parameter", parameter: "image"),
        Refusal(body: "{\"image\": 7}", code: "invalid_parameter", parameter: "image"),
        Refusal(body: "{\"image\": \"*\"}", code: "invalid_parameter", parameter: "image"),
        Refusal(body: "{\"image\": \"http://a/b.png\"}", code: "invalid_parameter", parameter: "image"),
        Refusal(body: "{\"image\": \"QUJD\"}", code: "missing_parameter", parameter: "prompt"),
        Refusal(body: "{\"image\": \"QUJD\", \"image\": \"QUJD\"}", code: "duplicate_parameter", parameter: "image"),
        Refusal(body: "{\"image\": \"QUJD\", \"treshold\": 1}", code: "unknown_parameter", parameter: "treshold"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"treshold\": null}", code: "unknown_parameter",
            parameter: "treshold"),
        Refusal(body: "{\"image\": \"QUJD\", \"prompt\": 5}", code: "invalid_parameter", parameter: "prompt"),
        Refusal(body: "{\"image\": \"QUJD\", \"prompt\": []}", code: "invalid_parameter", parameter: "prompt"),
        Refusal(body: "{\"image\": \"QUJD\", \"prompt\": [[\"x\"]]}", code: "invalid_parameter", parameter: "prompt"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"threshold\": \"0.5\"}", code: "invalid_parameter",
            parameter: "threshold"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"threshold\": 7}", code: "invalid_parameter",
            parameter: "threshold"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"grow\": 1.5}", code: "invalid_parameter",
            parameter: "grow"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"invert\": 1}", code: "invalid_parameter",
            parameter: "invert"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"as\": [\"mask\", \"mask\"]}", code: "duplicate_parameter",
            parameter: "as"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"embedding\": [1, \"x\"]}", code: "invalid_parameter", parameter: "embedding"),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\", \"crop\": true}", code: "contradictory_parameter",
            parameter: "crop"),
        Refusal(body: String(repeating: "[", count: 99), code: "json_too_large", status: 413),
        Refusal(
            body: "{\"image\": \"QUJD\", \"prompt\": \"x\"}", code: "unsupported_image_type", parameter: "image",
            status: 415),
    ]

    @Test("JSON that can't be used is refused with a reason", arguments: refusals)
    func refused(refusal: Refusal) async throws {
        let response = try await ServiceFixture.ready().post(Array(refusal.body.utf8), "application/json")
        let problem = try response.problem()
        #expect(problem.status == refusal.status && problem.code == refusal.code, "\(problem.detail)")
        #expect(problem.parameter == refusal.parameter)
    }

    @Test("Who accepts JSON alone gets it")
    func acceptJSON() async throws {
        let service = try ServiceFixture.ready()
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", Self.balloon)
        for accept in ["application/json", "application/json, text/plain", "image/png;q=0, application/json"] {
            let response = try await service.post(form, headers: ["Accept": accept])
            #expect(response.status == .ok && response.headers["Content-Type"] == "application/json")
            let object = try #require(
                JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
            #expect(object["request_id"] as? String == "in-process")
            #expect((object["prompts"] as? [[String: Any]])?.first?["found"] as? Bool == true)
        }
        let asked = try await service.post(form.with("as", "json"))
        #expect(asked.headers["Content-Type"] == "application/json")
        for accept in ["image/png, application/json", "*/*", "image/*"] {
            let response = try await service.post(form, headers: ["Accept": accept])
            #expect(response.headers["Content-Type"] == "image/png", "\(accept)")
        }
        let refused = try await service.post(form.with("as", "mask"), headers: ["Accept": "application/json"])
        #expect(refused.status == .notAcceptable)
    }

    @Test(
        "Who accepts JSON alone and asks for one picture of several prompts is told that JSON has none, as with as=json",
        arguments: Combination.allCases.filter { $0 != .separate })
    func acceptJSONCombined(combination: Combination) async throws {
        let service = try ServiceFixture.ready()
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", Self.balloon)
            .with("combine", combination.rawValue)
        let accepting = try await service.post(form, headers: ["Accept": "application/json"])
        let asking = try await service.post(form.with("as", "json"))
        for response in [accepting, asking] {
            let problem = try response.problem()
            #expect(problem.status == 400 && problem.code == "contradictory_parameter")
            #expect(problem.parameter == "combine")
        }
        let picture = try await service.post(form, headers: ["Accept": "image/png, application/json"])
        #expect(picture.headers["Content-Type"] == "image/png")
    }

    @Test("Separate pictures come as JSON, or as a ZIP file to who accepts that")
    func separate() async throws {
        let service = try ServiceFixture.ready()
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", Self.balloon).with("prompt", "drum")
            .with("combine", "separate")
        for accept in ["*/*", "application/json", "application/json, application/zip"] {
            let response = try await service.post(form, headers: ["Accept": accept])
            #expect(response.headers["Content-Type"] == "application/json", "\(accept)")
        }
        let zip = try await service.post(form, headers: ["Accept": "application/zip"])
        #expect(zip.status == .ok && zip.headers["Content-Type"] == "application/zip")
        #expect(zip.body.starts(with: Array("PK".utf8)))
        #expect(try await service.post(form, headers: ["Accept": "image/png"]).status == .notAcceptable)
        let single = Form().with(file: try ServiceFixture.scene()).with("prompt", Self.balloon)
        let refused = try await service.post(single, headers: ["Accept": "application/zip"]).problem()
        #expect(refused.status == 406 && refused.detail.hasPrefix("Without combine=separate, as=mask is answered with"))
    }

    @Test("Files of a form can be images to look for, and masks of what is meant in them")
    func files() async throws {
        let service = try ServiceFixture.ready()
        let scene = try ServiceFixture.scene()
        let mask = try ServiceFixture.scene("scene-2023-mask-1.png")
        let form = Form().with(file: scene).with(file: scene, "prompt_image")
        let plain = try await service.post(form.with("as", "probability"))
        let shown = try await service.post(form.with(file: mask, "prompt_mask").with("as", "probability"))
        #expect(plain.status == .ok && shown.status == .ok && plain.body != shown.body)
        let query = try await service.post(form, target: "/v1/segment?prompt_mask=x")
        #expect(try query.problem().parameter == "prompt_mask")
        let broken = try await service.post(Form().with(file: scene).with(file: Array("x".utf8), "prompt_image"))
        #expect(try broken.problem().code == "unsupported_image_type")
        #expect(try broken.problem().parameter == "prompt_image")
    }

    @Test("Options may stand in the query, and are not to be given in the form too")
    func query() async throws {
        let service = try ServiceFixture.ready()
        let scene = try ServiceFixture.scene()
        let raw = try await service.post(
            scene, "image/jpeg", target: "/v1/segment?prompt=drum&as=cutout&crop=true&margin=3&background=%23ff0000")
        let form = try await service.post(
            Form().with(file: scene).with("as", "cutout").with("crop", "true").with("margin", "3")
                .with("background", "#ff0000"), target: "/v1/segment?prompt=drum")
        #expect(raw.status == .ok && raw.body == form.body)
        let twice = try await service.post(
            Form().with(file: scene).with("as", "cutout"), target: "/v1/segment?prompt=drum&as=mask")
        #expect(try twice.problem().code == "duplicate_parameter")
    }
}
