import Foundation
import Imaging
import Testing

@testable import Segmentation

/// Asks the demo model by parameters, as people do.
enum Asking {
    static let scene = "scene-2023.jpg"
    static let balloon = "a picture of the balloon"
    static let drum = "a picture of the drum"

    /// The answer about a scene, or another image.
    static func answer(
        _ parameters: KeyValuePairs<String, String>, of image: [UInt8]? = nil,
        files: KeyValuePairs<String, [UInt8]> = [:]
    ) async throws -> [UInt8] {
        try await DemoPool.pool().segment(request(parameters, of: image, files: files)).bytes
    }

    static func request(
        _ parameters: KeyValuePairs<String, String>, of image: [UInt8]? = nil,
        files: KeyValuePairs<String, [UInt8]> = [:]
    ) throws -> SegmentationRequest {
        var asked = SegmentationParameters()
        for (name, value) in parameters { try asked.add(name, .text(value)) }
        for (name, value) in files { try asked.add(name, .file(value)) }
        return try asked.request(image: image ?? Scene.bytes(scene))
    }

    /// The mask of a prompt, or whatever else the parameters ask for as a mask.
    static func mask(_ parameters: KeyValuePairs<String, String>, of image: [UInt8]? = nil) async throws -> BinaryMask {
        let picture = try await GreyImage(decoding: answer(parameters, of: image))
        return BinaryMask(width: picture.width, height: picture.height, values: picture.values)
    }

    /// The logits of the demo model, as many planes as prompts.
    static func logits(
        _ parameters: KeyValuePairs<String, String>, of image: [UInt8]? = nil,
        files: KeyValuePairs<String, [UInt8]> = [:]
    ) async throws -> (values: [Float], shape: [Int]) {
        var request = try request(parameters, of: image, files: files)
        request.output = .logits
        return try NumPyFile.decode(try await DemoPool.pool().segment(request).bytes)
    }
}

/// An answer in JSON.
struct Report: Decodable {
    struct Size: Decodable, Equatable {
        let width: Int
        let height: Int
    }
    struct Box: Decodable, Equatable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int
    }
    struct Point: Decodable, Equatable {
        let x: Double
        let y: Double
    }
    struct Score: Decodable, Equatable {
        let peak: Float
        let mean: Double
    }
    struct Component: Decodable {
        let area: Int
        let box: Box
        let centroid: Point
        let score: Score
    }
    struct Mask: Decodable {
        let format: String
        let data: Data?
        let size: [Int]?
        let counts: String?
        let polygons: [[Int]]?
    }
    struct Prompt: Decodable {
        let label: String
        let found: Bool
        let threshold: Float
        let thresholdAuto: Bool
        let maxProbability: Float
        let area: Int
        let score: Score?
        let box: Box?
        let centroid: Point?
        let componentCount: Int?
        let components: [Component]?
        let mask: Mask?
    }

    let model: String
    let requestId: String?
    let image: Size
    let size: Size
    let timingMs: [String: Double]
    let prompts: [Prompt]

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder.snakeCase.decode(Report.self, from: Data(bytes)) }
}

/// The answer to `combine=separate`.
struct SeparateReport: Decodable {
    struct Picture: Decodable {
        let label: String
        let contentType: String
        let data: Data
    }

    let pictures: [Picture]

    init(_ bytes: [UInt8]) throws { self = try JSONDecoder.snakeCase.decode(SeparateReport.self, from: Data(bytes)) }
}

extension JSONDecoder {
    fileprivate static var snakeCase: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }
}
