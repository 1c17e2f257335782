import Foundation
import Imaging
import Testing

@testable import Segmentation

/// Does the guided filter make the edges of masks better? `Tests/Refinement/README.md` tells how it was tuned.
@Suite("Refining masks")
struct RefinementTests {
    @Test("by its default parameters brings their edges closer to the true ones on the larger scenes")
    func scenes() async throws {
        var comparison = Comparison()
        for scene in Scene.all where max(scene.width, scene.height) >= 400 {
            let truths = try scene.prompts.map { try BinaryMask(RGBImage(decoding: Scene.bytes($0.mask))) }
            try await comparison.add(scene.image(), scene.prompts.map(\.text), truths)
        }
        #expect(comparison.masks > 8)
        #expect(comparison.refined.boundary >= 1.1 * comparison.plain.boundary)
        #expect(comparison.refined.overlap >= comparison.plain.overlap)
    }

    private static let drawn = ProcessInfo.processInfo.environment["CLIPSEG_REFINEMENT_SCENES"]

    @Test(
        "raises the mean boundary score by a tenth on scenes drawn at 768 pixels",
        .enabled(if: drawn != nil, "CLIPSEG_REFINEMENT_SCENES names a folder that Tests/Refinement/draw.py made"))
    func drawnScenes() async throws {
        let folder = try URL(filePath: #require(Self.drawn))
        let scenes = try JSONDecoder().decode(
            [Drawn].self, from: Data(contentsOf: folder.appending(path: "scenes.json")))
        var comparison = Comparison()
        for scene in scenes {
            func bytes(_ file: String) throws -> [UInt8] { try [UInt8](Data(contentsOf: folder.appending(path: file))) }
            let truths = try scene.prompts.map { try BinaryMask(RGBImage(decoding: bytes($0.mask))) }
            try await comparison.add(bytes(scene.file), scene.prompts.map(\.text), truths)
        }
        print("\(comparison.masks) masks: plain \(comparison.plain), refined \(comparison.refined)")
        #expect(comparison.refined.boundary >= 1.1 * comparison.plain.boundary)
    }

    private struct Drawn: Decodable {
        struct Prompt: Decodable {
            let text: String
            let mask: String
        }

        let file: String
        let prompts: [Prompt]
    }
}

/// Mean scores of masks as they come from the model, and refined.
private struct Comparison {
    struct Scores: CustomStringConvertible {
        var boundary = 0.0
        var overlap = 0.0

        var description: String { "boundary F \(boundary), IoU \(overlap)" }
    }

    private(set) var masks = 0
    private var plainSum = Scores()
    private var refinedSum = Scores()

    var plain: Scores { mean(plainSum) }
    var refined: Scores { mean(refinedSum) }

    private func mean(_ sum: Scores) -> Scores {
        Scores(boundary: sum.boundary / Double(masks), overlap: sum.overlap / Double(masks))
    }

    mutating func add(_ file: [UInt8], _ prompts: [String], _ truths: [BinaryMask]) async throws {
        for (prompt, truth) in zip(prompts, truths) {
            let plain = try await Asking.mask(["prompt": prompt], of: file)
            let refined = try await Asking.mask(["prompt": prompt, "refine": "guided"], of: file)
            score(plain, truth, &plainSum)
            score(refined, truth, &refinedSum)
            masks += 1
        }
    }

    private func score(_ mask: BinaryMask, _ truth: BinaryMask, _ sum: inout Scores) {
        sum.boundary += boundaryScore(mask, truth)
        sum.overlap += Double(mask.intersection(truth).area) / Double(max(1, mask.union(truth).area))
    }
}
