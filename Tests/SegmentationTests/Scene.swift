import Foundation
import Imaging
import Testing

/// A drawn scene that the demo model was not trained on; see `Training/README.md`.
struct Scene: Decodable, Sendable, CustomTestStringConvertible {
    struct Prompt: Decodable, Sendable {
        let text: String
        /// The file of the true mask.
        let mask: String
        /// What the reference's mask has in common with the true one: intersection over union.
        let iou: Double
    }

    let file: String
    let width: Int
    let height: Int
    let prompts: [Prompt]

    var testDescription: String { file }

    private struct File: Decodable {
        let scenes: [Scene]
    }

    /// None, if the file can't be read.
    static let all: [Scene] = {
        do {
            return try JSONDecoder().decode(File.self, from: Data(bytes("scenes.json"))).scenes
        } catch {
            Issue.record(error, "scenes.json")
            return []
        }
    }()

    /// A file beside `scenes.json`.
    static func bytes(_ file: String) throws -> [UInt8] {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: folder.appending(path: "Scenes/\(file)")))
    }

    /// A larger scene, of 768×768 pixels, that the documentation shows.
    static func large() throws -> [UInt8] {
        let top = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return try [UInt8](Data(contentsOf: top.appending(path: "Documentation/scenes/scene-7012.jpg")))
    }

    func image() throws -> [UInt8] { try Self.bytes(file) }
}

/// A greyscale picture.
struct GreyImage: Equatable {
    let width: Int
    let height: Int
    let values: [UInt8]

    init(decoding file: [UInt8]) throws {
        let image = try RGBImage(decoding: file)
        width = image.width
        height = image.height
        values = stride(from: 0, to: image.pixels.count, by: 3).map { image.pixels[$0] }
    }
}

/// What masks have in common, over any number of them.
struct Overlap {
    private var intersection = 0
    private var union = 0

    var iou: Double { union == 0 ? 1 : Double(intersection) / Double(union) }

    init() {}

    init(_ a: [Bool], _ b: [Bool]) { add(a, b) }

    mutating func add(_ a: [Bool], _ b: [Bool]) {
        precondition(a.count == b.count, "masks of different sizes")
        for index in a.indices {
            intersection += a[index] && b[index] ? 1 : 0
            union += a[index] || b[index] ? 1 : 0
        }
    }
}
