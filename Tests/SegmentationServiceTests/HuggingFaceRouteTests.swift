import Foundation
import HTTPServer
import Imaging
import Testing

@testable import SegmentationService

@Suite struct HuggingFaceRouteTests {
    private struct Segment: Decodable {
        let label: String
        let mask: Data
        let score: Double
    }

    private static let path = "/hf/image-segmentation"

    private static func ask(_ parameters: String, query: String = "") async throws -> HTTPResponse {
        let image = Data(try ServiceFixture.scene()).base64EncodedString()
        return try await ServiceFixture.ready().post(
            Array(#"{"inputs":"\#(image)","parameters":\#(parameters)}"#.utf8), "application/json", target: path + query
        )
    }

    private static func segments(_ response: HTTPResponse) throws -> [Segment] {
        #expect(response.status == .ok, "\(response.text)")
        return try JSONDecoder().decode([Segment].self, from: Data(response.body))
    }

    private static func pixels(_ png: Data) throws -> [UInt8] {
        let image = try RGBImage(decoding: Array(png))
        return stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
    }

    @Test("Each label that is found has a mask, the one of /v1/segment, and a score")
    func masks() async throws {
        let labels = ["a picture of the drum", "airplane", "a picture of the balloon"]
        let list = try String(decoding: JSONEncoder().encode(labels), as: UTF8.self)
        let segments = try Self.segments(await Self.ask(#"{"candidate_labels":\#(list)}"#))
        #expect(segments.map(\.label) == [labels[0], labels[2]])
        for segment in segments {
            let form = Form().with(file: try ServiceFixture.scene()).with("prompt", segment.label)
            let mask = try Self.pixels(Data(try await ServiceFixture.ready().post(form).body))
            let found = try Self.pixels(segment.mask)
            // A batch may be added up in another order than a single prompt.
            #expect(zip(mask, found).count { $0 != $1 } <= mask.count / 10_000)
            #expect(segment.score > 0.5 && segment.score < 1)
        }
    }

    @Test("The image as the body, with the labels in the query, gives the same")
    func rawBody() async throws {
        let json = try await Self.ask(#"{"candidate_labels":["drum","balloon"],"mask_threshold":0.25}"#)
        let raw = try await ServiceFixture.ready().post(
            try ServiceFixture.scene(), "image/jpeg",
            target: Self.path + "?candidate_labels=drum&candidate_labels=balloon&mask_threshold=0.25")
        let mixed = try await Self.ask(
            #"{"mask_threshold":0.25}"#, query: "?candidate_labels=drum&candidate_labels=balloon")
        let expected = try Self.segments(json)
        for segments in [try Self.segments(raw), try Self.segments(mixed)] {
            #expect(segments.map(\.label) == expected.map(\.label) && segments.count == 2)
            for (segment, expected) in zip(segments, expected) {
                // Others' requests may share one's batch, which is then added up in another order.
                let pixels = zip(try Self.pixels(segment.mask), try Self.pixels(expected.mask))
                #expect(pixels.count { $0 != $1 } <= 12 && abs(segment.score - expected.score) < 1e-3)
            }
        }
    }

    @Test("mask_threshold makes masks smaller, threshold leaves out what is less sure")
    func thresholds() async throws {
        func white(_ parameters: String) async throws -> [Int] {
            let segments = try Self.segments(await Self.ask(#"{"candidate_labels":["drum","balloon"],\#(parameters)}"#))
            return try segments.map { segment in try Self.pixels(segment.mask).count { $0 == 255 } }
        }
        let (low, high) = (try await white(#""mask_threshold":0.2"#), try await white(#""mask_threshold":0.8"#))
        #expect(low.count == 2 && high.count == 2 && low[0] > high[0] && low[1] > high[1])
        let scores = try Self.segments(await Self.ask(#"{"candidate_labels":["drum","balloon"]}"#)).map(\.score)
        let between = (scores[0] + scores[1]) / 2
        #expect(scores[0] != scores[1])
        #expect(try await white(#""threshold":\#(between)"#).count == 1)
        #expect(try await white(#""threshold":1"#).isEmpty)
    }

    @Test("subtask=semantic gives each pixel to one label")
    func semantic() async throws {
        let labels = #""candidate_labels":["drum","a picture of the drum"]"#
        func claims(_ segments: [Segment]) throws -> Int {
            let masks = try segments.map { try Self.pixels($0.mask) }
            return try #require(masks.first).indices.map { pixel in masks.count { $0[pixel] == 255 } }.max() ?? 0
        }
        #expect(try claims(Self.segments(await Self.ask("{\(labels)}"))) == 2)
        #expect(try claims(Self.segments(await Self.ask(#"{\#(labels),"subtask":"semantic"}"#))) == 1)
    }

    @Test(
        "What can't be honoured is refused by name, in a form that Hugging Face's clients read",
        arguments: [
            (#"{"candidate_labels":["drum"],"overlap_mask_area_threshold":0.8}"#, 400, "overlap_mask_area_threshold"),
            (#"{"candidate_labels":["drum"],"subtask":"panoptic"}"#, 400, "parameters.subtask"),
            (#"{"candidate_labels":["drum"],"subtask":"instance"}"#, 400, "parameters.subtask"),
            (#"{"candidate_labels":["drum"],"mask_threshold":1.5}"#, 400, "mask_threshold"),
            (#"{"candidate_labels":["drum"],"threshold":-1}"#, 400, "threshold"),
            (#"{"candidate_labels":["drum"],"threshold":"0.5"}"#, 400, "parameters.threshold"),
            (#"{"candidate_labels":["drum"],"top_k":3}"#, 400, "parameters.top_k"),
            (#"{"candidate_labels":["drum"]},"options":{"use_cache":false}"#, 400, "options"),
            ("{}", 400, "candidate_labels"), (#"{"candidate_labels":[""]}"#, 400, "candidate_labels"),
            ("null", 400, "candidate_labels"),
        ])
    func refused(parameters: String, status: Int, parameter: String) async throws {
        let response = try await Self.ask(parameters)
        let problem = try response.problem()
        #expect(response.status.code == status && problem.parameter == parameter, "\(response.text)")
        let object = try #require(try JSONSerialization.jsonObject(with: Data(response.body)) as? [String: Any])
        #expect(object["error"] as? String == problem.detail)
    }

    @Test("A file that is no image is refused as inputs", arguments: ["aGVsbG8=", ""])
    func wrongImage(base64: String) async throws {
        let json = #"{"inputs":"\#(base64)","parameters":{"candidate_labels":["drum"]}}"#
        let response = try await ServiceFixture.ready().post(Array(json.utf8), "application/json", target: Self.path)
        #expect(try response.problem().parameter == "inputs")
    }
}
