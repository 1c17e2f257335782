import Foundation
import HTTPServer
import Imaging
import Segmentation
import Testing

@testable import SegmentationService

@Suite struct OpenInferenceTests {
    private static let path = "/v2/models/clipseg/infer"
    private static let prompts = ["a picture of the drum", "a picture of the balloon"]

    private struct Answer: Decodable {
        struct Output: Decodable {
            struct Parameters: Decodable {
                let binaryDataSize: Int
            }

            let name: String
            let shape: [Int]
            let datatype: String
            let parameters: Parameters?
            let data: [Float]?
        }

        let modelName: String
        let id: String?
        let outputs: [Output]
    }

    /// The image and the prompts as strings in JSON.
    private static func inputs(_ image: String? = nil, _ prompts: String? = nil) throws -> String {
        let file = Data(try ServiceFixture.scene()).base64EncodedString()
        let image = image ?? #"{"name":"image","datatype":"BYTES","shape":[1],"data":["\#(file)"]}"#
        let list = try String(decoding: JSONEncoder().encode(Self.prompts), as: UTF8.self)
        let prompts = prompts ?? #"{"name":"prompts","datatype":"BYTES","shape":[2],"data":\#(list)}"#
        return #""inputs":[\#(image),\#(prompts)]"#
    }

    private static func infer(
        _ json: String, binary: [UInt8]? = nil, headers: HTTPHeaders = [:]
    ) async throws -> HTTPResponse {
        var headers = headers
        if binary != nil { headers["Inference-Header-Content-Length"] = "\(json.utf8.count)" }
        let type = binary == nil ? "application/json" : "application/octet-stream"
        return try await ServiceFixture.ready().post(
            Array(json.utf8) + (binary ?? []), type, target: path, headers: headers)
    }

    private static func decoded(_ json: some Sequence<UInt8>) throws -> Answer {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Answer.self, from: Data(json))
    }

    /// An element of BYTES as binary data: its length in four bytes, the lowest first, and itself.
    private static func element(_ bytes: [UInt8]) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: bytes.count >> ($0 * 8)) } + bytes
    }

    private static func expectedMasks() async throws -> [[UInt8]] {
        var masks: [[UInt8]] = []
        for prompt in prompts {
            let form = Form().with(file: try ServiceFixture.scene()).with("prompt", prompt)
            let image = try RGBImage(decoding: try await ServiceFixture.ready().post(form).body)
            masks.append(stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] })
        }
        return masks
    }

    private static func error(_ response: HTTPResponse) throws -> String {
        #expect(response.headers["Content-Type"] == "application/json")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: String])
        #expect(object.count == 1)
        return try #require(object["error"])
    }

    @Test("In JSON, all outputs are the masks of /v1/segment and the probabilities behind them")
    func json() async throws {
        let response = try await Self.infer(#"{"id":"a \"1\"",\#(Self.inputs())}"#)
        #expect(response.status == .ok && response.headers["Content-Type"] == "application/json", "\(response.text)")
        let answer = try Self.decoded(response.body)
        #expect(answer.modelName == "clipseg" && answer.id == "a \"1\"")
        #expect(answer.outputs.map(\.name) == ["mask", "probability"])
        #expect(answer.outputs.map(\.datatype) == ["UINT8", "FP32"])
        #expect(answer.outputs.allSatisfy { $0.shape == [2, 300, 400] && $0.data?.count == 240_000 })
        let (mask, probability) = (answer.outputs[0].data ?? [], answer.outputs[1].data ?? [])
        #expect(probability.map { $0 >= 0.5 ? 255 : 0 } == mask)
        let expected = try await Self.expectedMasks().joined().map(Float.init)
        // A batch may be added up in another order than a single prompt.
        #expect(zip(mask, expected).count { $0 != $1 } <= expected.count / 10_000)
    }

    @Test("Binary data in and out say the same as JSON")
    func binary() async throws {
        let image = Self.element(try ServiceFixture.scene())
        let texts = Self.prompts.map { Self.element(Array($0.utf8)) }.joined()
        let json = """
            {"inputs":[{"name":"prompts","datatype":"BYTES","shape":[2,1],"parameters":{"binary_data_size":\(texts.count)}},
            {"name":"image","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":\(image.count)}}],
            "outputs":[{"name":"probability"},{"name":"mask","parameters":{"binary_data":false}}],
            "parameters":{"binary_data_output":true}}
            """
        let response = try await Self.infer(json, binary: texts + image)
        #expect(response.status == .ok && response.headers["Content-Type"] == "application/octet-stream")
        let length = try #require(response.headers["Inference-Header-Content-Length"].flatMap { Int($0) })
        let answer = try Self.decoded(response.body[..<length])
        let plain = try Self.decoded(await Self.infer("{\(Self.inputs())}").body)
        #expect(answer.id == nil && answer.outputs.map(\.name) == ["probability", "mask"])
        #expect(answer.outputs[0].parameters?.binaryDataSize == 960_000 && answer.outputs[0].data == nil)
        // Other requests may share one's batch and not the other's, which adds up in another order.
        let masks = zip(try #require(answer.outputs[1].data), try #require(plain.outputs[0].data))
        #expect(answer.outputs[1].data?.count == 240_000 && masks.count { $0 != $1 } <= 24)
        let tail = response.body[length...]
        #expect(tail.count == 960_000)
        let values = tail.withUnsafeBytes { bytes in
            (0..<240_000).map {
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0 * 4, as: UInt32.self)))
            }
        }
        let probabilities = try #require(plain.outputs[1].data)
        #expect(probabilities.count == values.count)
        #expect(zip(values, probabilities).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("A threshold among the parameters makes the mask smaller; a natural shape is understood")
    func threshold() async throws {
        let nested = #"{"name":"prompts","datatype":"BYTES","shape":[1,2],"data":[["drum","balloon"]]}"#
        func white(_ threshold: String) async throws -> Int {
            let json = """
                {"model_name":"clipseg",\(try Self.inputs(nil, nested)),"outputs":[{"name":"mask"}],
                "parameters":{"threshold":\(threshold),"decode":"exact"}}
                """
            return try Self.decoded(await Self.infer(json).body).outputs[0].data?.count { $0 == 255 } ?? 0
        }
        let counts = [try await white("0.2"), try await white("0.8"), try await white("1")]
        #expect(counts[0] > counts[1] && counts[1] > 0 && counts[2] == 0)
    }

    @Test("decode=fast among the parameters reads a large JPEG otherwise")
    func decoding() async throws {
        let file = Data(try ServiceFixture.largeScene()).base64EncodedString()
        let image = #"{"name":"image","datatype":"BYTES","shape":[1],"data":["\#(file)"]}"#
        let prompts = #"{"name":"prompts","datatype":"BYTES","shape":[1],"data":["purple ring"]}"#
        func probabilities(_ decoding: String) async throws -> [Float] {
            let json = """
                {\(try Self.inputs(image, prompts)),"outputs":[{"name":"probability"}],
                "parameters":{"decode":"\(decoding)"}}
                """
            return try #require(Self.decoded(await Self.infer(json).body).outputs.first?.data)
        }
        let (exact, fast) = (try await probabilities("exact"), try await probabilities("fast"))
        #expect(exact.count == 768 * 768 && fast.count == exact.count)
        #expect(zip(exact, fast).contains { abs($0 - $1) > 0.01 })
    }

    @Test("The documents say what there is, and health whether it is ready")
    func documents() async throws {
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger)
        func get(_ path: String) async throws -> (status: Int, text: String) {
            let response = try await service.get(path)
            #expect(response.headers["Content-Type"] == "application/json")
            return (response.status.code, response.text)
        }
        #expect(
            try await get("/v2").text
                == #"{"extensions":["binary_tensor_data"],"name":"clipseg","version":"\#(clipsegVersion)"}"#)
        let model = try await get("/v2/models/clipseg")
        #expect(model.text.contains(#"{"datatype":"BYTES","name":"prompts","shape":[-1]}"#))
        #expect(model.text.contains(#"{"datatype":"FP32","name":"probability","shape":[-1,-1,-1]}"#))
        #expect(try await get("/v2/health/live") == (200, #"{"live":true}"#))
        for path in ["/v2/health/ready", "/v2/models/clipseg/ready"] {
            let early = try await get(path)
            #expect(early.status == 503 && early.text.contains(#"{"error":"#))
        }
        service.becomeReady(try #require(ServiceFixture.pool))
        #expect(try await get("/v2/health/ready") == (200, #"{"live":true,"ready":true}"#))
        #expect(try await get("/v2/models/clipseg/ready") == (200, #"{"name":"clipseg","ready":true}"#))
        service.beginDraining()
        #expect(try await get("/v2/health/ready").status == 503)
        #expect(try await get("/v2/models/other").status == 404)
        #expect(try await get("/v2/models/clipseg/versions/1").status == 404)
    }

    @Test("Health needs no key, the rest does")
    func access() throws {
        var rules = AccessRules()
        rules.keys = try APIKeyStore { Array("alice:0123456789abcdef".utf8) }
        let service = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
        for path in ["/v2/health/live", "/v2/health/ready", "/v2/models/clipseg/ready"] {
            #expect(service.refusal(of: try HTTPRequest(method: .get, target: path)) == nil)
        }
        for path in ["/v2", "/v2/models/clipseg"] {
            let refusal = service.refusal(of: try HTTPRequest(method: .get, target: path))
            #expect(refusal?.status == .unauthorized && refusal?.headers["WWW-Authenticate"] != nil)
        }
    }

    private static let good = #"{"name":"image","datatype":"BYTES","shape":[1],"data":["aGVsbG8="]}"#

    @Test(
        "What makes no sense is refused with a sentence",
        arguments: [
            ("{}", 400, "no input “image”"), (#"{"inputs":[\#(good)]}"#, 400, "no input “prompts”"),
            (#"{"inputs":[{"name":"x"}]}"#, 400, "it can be image, prompts"), (#"{"inputs":[{}]}"#, 400, "has no name"),
            (#"{"inputs":[\#(good),\#(good)]}"#, 400, "“image” is given more than once"),
            (#"{"inputs":[{"name":"image","datatype":"UINT8","shape":[1],"data":[1]}]}"#, 400, "datatype BYTES"),
            (#"{"inputs":[{"name":"image","datatype":"BYTES","shape":[2],"data":["a"]}]}"#, 400, "shape"),
            (#"{"inputs":[{"name":"image","datatype":"BYTES","data":["a"]}]}"#, 400, "shape"),
            (#"{"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"data":[1]}]}"#, 400, "strings in JSON"),
            (#"{"inputs":[{"name":"image","datatype":"BYTES","shape":[1]}]}"#, 400, "either data, or binary_data_size"),
            (
                #"{"inputs":[{"name":"image","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":4}}]}"#,
                400,
                "not there behind the JSON"
            ),
            (#"{INPUTS,"outputs":[{"name":"logits"}]}"#, 400, "it can be mask, probability"),
            (#"{INPUTS,"outputs":[{"name":"mask"},{"name":"mask"}]}"#, 400, "more than once"),
            (#"{INPUTS,"outputs":[{"name":"mask","parameters":{"classification":2}}]}"#, 400, "classification"),
            (#"{INPUTS,"parameters":{"priority":1}}"#, 400, "“parameters.priority”"),
            (#"{INPUTS,"parameters":{"threshold":2}}"#, 400, "0 to 1"),
            (
                #"{INPUTS,"outputs":[{"name":"probability"}],"parameters":{"threshold":0.5}}"#, 400,
                "“parameters.threshold” means nothing without the output mask"
            ),
            (
                #"{INPUTS,"parameters":{"decode":"quick"}}"#, 400,
                "“parameters.decode” is “quick”; it can be exact, fast"
            ),
            (#"{INPUTS,"parameters":{"binary_data_output":1}}"#, 400, "“parameters.binary_data_output”"),
            (#"{INPUTS,"outputs":[{"name":"mask","parameters":{"binary_data":"yes"}}]}"#, 400, "binary_data”"),
            (#"{INPUTS,"model_name":"resnet"}"#, 400, "not clipseg"), (#"{INPUTS,"id":7}"#, 400, "“id”"),
            (#"{INPUTS,"extra":1}"#, 400, "“extra”"), ("[", 400, "can't be read"),
            (
                #"{"inputs":[\#(good),{"name":"prompts","datatype":"BYTES","shape":[1],"data":["a"]}]}"#, 415,
                "PNG nor JPEG"
            ),
            (#"{"inputs":[\#(good),{"name":"prompts","datatype":"BYTES","shape":[0],"data":[]}]}"#, 400, "no prompt"),
        ])
    func refused(json: String, status: Int, mention: String) async throws {
        let response = try await Self.infer(json.replacing("INPUTS", with: Self.inputs()))
        let error = try Self.error(response)
        #expect(response.status.code == status && error.contains(mention), "\(error)")
    }

    @Test(
        "Binary data that is not what the JSON says is refused",
        arguments: [
            ([1, 0, 0, 0, 0x61, 0x62], 5, "belong to none"), ([2, 0, 0, 0, 0x61], 5, "ends within an element"),
            ([1, 0, 0], 3, "ends within an element"), ([0xFF, 0xFF, 0xFF, 0xFF], 4, "ends within an element"),
            ([1, 0, 0, 0, 0xFF], 5, "UTF-8"), ([1, 0, 0, 0], -1, "not there"),
            ([], 1_000_000_000_000, "not there"),
            ([UInt8](repeating: 0, count: 65 * 4), 65 * 4, "more than 64 elements"),
            // The end, which is refused otherwise, is not looked at any more.
            ([UInt8](repeating: 0, count: 65 * 4) + [1], 65 * 4 + 1, "more than 64 elements"),
        ] as [([UInt8], Int, String)])
    func wrongBinary(binary: [UInt8], size: Int, mention: String) async throws {
        let prompts = #"{"name":"prompts","datatype":"BYTES","shape":[1],"parameters":{"binary_data_size":\#(size)}}"#
        let response = try await Self.infer("{\(Self.inputs(nil, prompts))}", binary: binary)
        #expect(response.status == .badRequest)
        #expect(try Self.error(response).contains(mention))
    }

    @Test(
        "A length of the JSON that can't be is refused",
        arguments: ["-1", "x", "99999999", "1e3", "", "9999999999999999999999"])
    func wrongLength(value: String) async throws {
        let headers: HTTPHeaders = ["Inference-Header-Content-Length": value]
        #expect(try Self.error(await Self.infer("{}", headers: headers)).contains("Inference-Header-Content-Length"))
    }

    @Test("Outputs that would be too large are refused before they are computed")
    func tooLarge() async throws {
        let png = try PNGEncoder.encode(
            greyscale: [UInt8](repeating: 0, count: 4_000_000), width: 2000, height: 2000)
        let image = """
            {"name":"image","datatype":"BYTES","shape":[1],"data":["\(Data(png).base64EncodedString())"]}
            """
        let two = #""outputs":[{"name":"probability"}]"#
        let response = try await Self.infer("{\(Self.inputs(image)),\(two)}")
        #expect(response.status == .unprocessableContent)
        #expect(try Self.error(response).contains("binary data"))
    }

    @Test("Another type of body is refused")
    func wrongType() async throws {
        let response = try await ServiceFixture.ready().post(
            Array("{}".utf8), "application/x-www-form-urlencoded", target: Self.path)
        #expect(response.status == .unsupportedMediaType)
        let query = try await ServiceFixture.ready().post(
            Array("{}".utf8), "application/json", target: Self.path + "?threshold=1")
        #expect(try Self.error(query).contains("threshold"))
    }
}
