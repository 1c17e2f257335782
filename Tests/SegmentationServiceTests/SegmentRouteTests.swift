import Foundation
import HTTPServer
import Imaging
import Segmentation
import Testing

@testable import SegmentationService

@Suite struct SegmentRouteTests {
    @Test("A form with an image and a prompt is answered with a mask of the image's size")
    func mask() async throws {
        let response = try await ServiceFixture.ready().post(
            Form().with(file: try ServiceFixture.scene()).with("prompt", "a picture of the balloon"))
        #expect(response.status == .ok)
        #expect(response.headers["Content-Type"] == "image/png")
        let mask = try RGBImage(decoding: response.body)
        #expect(mask.width == 400 && mask.height == 300)
        #expect(Set(mask.pixels) == [0, 255])
        let timing = try #require(response.headers["Server-Timing"])
        for stage in ["read", "decode", "preprocess", "queue", "encode", "decode_mask", "postprocess", "encode_png"] {
            #expect(timing.contains("\(stage);dur="))
        }
    }

    @Test("The image as the body, with the prompt in the query, gives the same mask")
    func rawBody() async throws {
        let service = try ServiceFixture.ready()
        let image = try ServiceFixture.scene()
        let form = try await service.post(Form().with(file: image).with("prompt", "a picture of the drum"))
        let raw = try await service.post(
            image, "image/jpeg", target: "/v1/segment?prompt=a+picture%20of+the+drum&threshold=0.5&as=mask")
        #expect(raw.status == .ok)
        #expect(raw.body == form.body)
    }

    @Test("Several prompts give the union of their masks")
    func union() async throws {
        let service = try ServiceFixture.ready()
        let image = try ServiceFixture.scene()
        func mask(_ prompts: String...) async throws -> [UInt8] {
            let form = prompts.reduce(Form().with(file: image)) { $0.with("prompt", $1) }
            return try RGBImage(decoding: try await service.post(form).body).pixels
        }
        let drum = try await mask("a picture of the drum")
        let balloon = try await mask("a picture of the balloon")
        let both = try await mask("a picture of the drum", "a picture of the balloon")
        #expect(both == zip(drum, balloon).map(max))
        #expect(drum != balloon)
    }

    @Test("as=probability and a threshold agree with the mask")
    func probability() async throws {
        let service = try ServiceFixture.ready()
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "a picture of the balloon")
        let probabilities = try RGBImage(decoding: try await service.post(form.with("as", "probability")).body).pixels
        let mask = try RGBImage(decoding: try await service.post(form.with("threshold", "0.25")).body).pixels
        for (probability, pixel) in zip(probabilities, mask) where probability != 64 {
            #expect(pixel == (probability > 64 ? 255 : 0))
        }
    }

    @Test("decode=fast reads a large JPEG otherwise, and answers with a mask of its size all the same")
    func decoding() async throws {
        let service = try ServiceFixture.ready()
        let form = Form().with(file: try ServiceFixture.largeScene()).with("prompt", "purple ring")
        func logits(_ decoding: String) async throws -> [Float] {
            let response = try await service.post(form.with("as", "logits").with("decode", decoding))
            return try NumPyFile.decode(response.body).values
        }
        let (exact, fast) = (try await logits("exact"), try await logits("fast"))
        #expect(zip(exact, fast).contains { abs($0 - $1) > 0.1 })
        let mask = try RGBImage(decoding: try await service.post(form.with("decode", "fast")).body)
        #expect(mask.width == 768 && mask.height == 768)
    }

    @Test("as=logits answers with a NumPy file of the model's own size")
    func logits() async throws {
        let response = try await ServiceFixture.ready().post(
            Form().with(file: try ServiceFixture.scene()).with("prompt", "drum").with("as", "logits"))
        #expect(response.headers["Content-Type"] == "application/x-npy")
        #expect(try NumPyFile.decode(response.body).shape == [1, 192, 192])
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var name: String
        var form: @Sendable ([UInt8]) -> Form
        var status: Int
        var code: String
        var parameter: String?
        var testDescription: String { name }
    }

    static let refusals = [
        Refusal(
            name: "no image", form: { _ in Form().with("prompt", "x") }, status: 400, code: "missing_parameter",
            parameter: "image"),
        Refusal(
            name: "no prompt", form: { Form().with(file: $0) }, status: 400, code: "missing_parameter",
            parameter: "prompt"),
        Refusal(
            name: "empty prompt", form: { Form().with(file: $0).with("prompt", " ") }, status: 400,
            code: "empty_prompt",
            parameter: "prompt"),
        Refusal(
            name: "a prompt of 500 words",
            form: { Form().with(file: $0).with("prompt", String(repeating: "umbrella ", count: 500)) }, status: 422,
            code: "prompt_too_long", parameter: "prompt"),
        Refusal(
            name: "zero-byte image", form: { _ in Form().with(file: []).with("prompt", "x") }, status: 400,
            code: "empty_image", parameter: "image"),
        Refusal(
            name: "a text file named .png", form: { _ in Form().with(file: Array("hello".utf8)).with("prompt", "x") },
            status: 415, code: "unsupported_image_type", parameter: "image"),
        Refusal(
            name: "half an image", form: { Form().with(file: Array($0.prefix($0.count / 2))).with("prompt", "x") },
            status: 422, code: "corrupt_image", parameter: "image"),
        Refusal(
            name: "a header of 65535×65535", form: { _ in Form().with(file: hugePNG).with("prompt", "x") }, status: 422,
            code: "image_too_large", parameter: "image"),
        Refusal(
            name: "two images", form: { Form().with(file: $0).with(file: $0).with("prompt", "x") }, status: 400,
            code: "duplicate_parameter", parameter: "image"),
        Refusal(
            name: "an unknown field", form: { Form().with(file: $0).with("prompt", "x").with("treshold", "0.4") },
            status: 400, code: "unknown_parameter", parameter: "treshold"),
        Refusal(
            name: "two thresholds for one prompt",
            form: { Form().with(file: $0).with("prompt", "x").with("threshold", "0.4").with("threshold", "0.5") },
            status: 400, code: "invalid_parameter", parameter: "threshold"),
        Refusal(
            name: "an output twice",
            form: { Form().with(file: $0).with("prompt", "x").with("as", "mask").with("as", "mask") },
            status: 400, code: "duplicate_parameter", parameter: "as"),
        Refusal(
            name: "a threshold of 2", form: { Form().with(file: $0).with("prompt", "x").with("threshold", "2") },
            status: 400, code: "invalid_parameter", parameter: "threshold"),
        Refusal(
            name: "a threshold in words", form: { Form().with(file: $0).with("prompt", "x").with("threshold", "half") },
            status: 400, code: "invalid_parameter", parameter: "threshold"),
        Refusal(
            name: "another output", form: { Form().with(file: $0).with("prompt", "x").with("as", "jpeg") }, status: 400,
            code: "invalid_parameter", parameter: "as"),
        Refusal(
            name: "another way to decode", form: { Form().with(file: $0).with("prompt", "x").with("decode", "quick") },
            status: 400, code: "invalid_parameter", parameter: "decode"),
    ]

    /// The signature, the header and an empty data chunk of a PNG, with valid checksums, and nothing else.
    static let hugePNG: [UInt8] = [
        0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52, 0, 0, 0xFF, 0xFF, 0, 0,
        0xFF,
        0xFF, 8, 2, 0, 0, 0, 0x39, 0x67, 0x4E, 0x07, 0, 0, 0, 0, 0x49, 0x44, 0x41,
        0x54, 0x35, 0xAF, 0x06, 0x1E,
    ]

    /// Each with one limit that is too low.
    static let tightLimits = [
        (\.maxParts, 1), (\.maxHeaderBytes, 20), (\.maxHeaderCount, 0), (\.maxFieldBytes, 3), (\.maxFileBytes, 99),
    ].map { (limit: WritableKeyPath<MultipartLimits, Int>, value: Int) in
        var limits = SegmentationService.defaultFormLimits
        limits[keyPath: limit] = value
        return limits
    }

    @Test("A form over a limit is refused", arguments: tightLimits)
    func formLimits(_ limits: MultipartLimits) async throws {
        let response = try await ServiceFixture.ready(formLimits: limits).post(
            Form().with(file: try ServiceFixture.scene()).with("prompt", "drum"))
        #expect(response.status == .contentTooLarge)
        #expect(try response.problem().code == "multipart_too_large")
    }

    @Test("What can't be done is refused with a reason", arguments: refusals)
    func refused(refusal: Refusal) async throws {
        let response = try await ServiceFixture.ready().post(refusal.form(try ServiceFixture.scene()))
        #expect(response.status.code == refusal.status)
        #expect(response.headers["Content-Type"] == "application/problem+json")
        let problem = try response.problem()
        #expect(problem.status == refusal.status)
        #expect(problem.code == refusal.code)
        #expect(problem.parameter == refusal.parameter)
        #expect(problem.instance == "/v1/segment")
        #expect(problem.detail.count > 20)
    }

    @Test("Another type of body is refused")
    func wrongType() async throws {
        let service = try ServiceFixture.ready()
        let text = try await service.post(Array("hello".utf8), "text/plain")
        #expect(text.status == .unsupportedMediaType)
        let none = await service.answer(try HTTPRequest(method: .post, target: "/v1/segment", body: [1]))
        #expect(none.status == .unsupportedMediaType)
    }

    @Test("An Accept header that excludes the answer is heeded")
    func accept() async throws {
        let service = try ServiceFixture.ready()
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        #expect(try await service.post(form, headers: ["Accept": "text/html"]).status == .notAcceptable)
        #expect(try await service.post(form, headers: ["Accept": "text/html, image/*;q=0.5"]).status == .ok)
    }

    @Test("A full queue is answered 429 with Retry-After")
    func queueFull() async throws {
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
        let model = try #require(ServiceFixture.pool).model
        service.becomeReady(ModelPool(model, workers: 1, maxQueue: 0))
        let form = Form().with(file: try ServiceFixture.scene()).with("prompt", "drum")
        let statuses = await withTaskGroup(of: HTTPResponse?.self) { group in
            for _ in 0..<16 { group.addTask { try? await service.post(form) } }
            return await group.reduce(into: [Int: Int]()) { counts, response in
                guard let response else { return }
                counts[response.status.code, default: 0] += 1
                if response.status == .tooManyRequests {
                    #expect((response.headers["Retry-After"].flatMap { Int($0) } ?? 0) >= 1)
                }
            }
        }
        #expect(statuses[200, default: 0] >= 1)
        #expect(statuses[429, default: 0] >= 1)
        #expect(statuses.values.reduce(0, +) == 16)
    }
}
