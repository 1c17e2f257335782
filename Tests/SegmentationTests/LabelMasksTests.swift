import Imaging
import Testing

@testable import Segmentation

@Suite struct LabelMasksTests {
    private static let labels = ["crown", "a cake", "a photo of a cake", "zebra crossing"]

    private static func masks(disjoint: Bool, threshold: Float = 0.5) async throws -> [LabelMask] {
        var request = SegmentationRequest(
            image: try #require(Scene.all.first).image(), prompts: labels.map(SegmentationRequest.Prompt.text))
        request.threshold = threshold
        return try await DemoPool.pool().labelMasks(request, disjoint: disjoint).answer
    }

    /// The probabilities of each label, as they come alone.
    private static func probabilities() async throws -> [[UInt8]] {
        var planes: [[UInt8]] = []
        for label in labels {
            let png = try await DemoPool.segment(
                try #require(Scene.all.first).image(), [.text(label)], as: .probability)
            planes.append(try GreyImage(decoding: png).values)
        }
        return planes
    }

    @Test("Each label's mask is the one it has alone, and an empty one is left out")
    func separate() async throws {
        let image = try #require(Scene.all.first).image()
        let masks = try await Self.masks(disjoint: false)
        for (number, label) in Self.labels.enumerated() {
            let alone = try await DemoPool.mask(image, [.text(label)]).values
            let mask = try masks.first { $0.prompt == number }.map { try GreyImage(decoding: $0.png).values }
            let expected = alone.contains(255) ? alone : nil
            #expect((mask == nil) == (expected == nil), "\(label)")
            // A batch may be added up in another order than a single prompt.
            guard let mask, let expected else { continue }
            #expect(zip(mask, expected).count { $0 != $1 } <= expected.count / 10_000)
        }
        #expect(!masks.isEmpty)
        #expect(try await Self.masks(disjoint: false, threshold: 1).isEmpty)
    }

    @Test("The score is the mean probability inside the mask")
    func score() async throws {
        let probabilities = try await Self.probabilities()
        for mask in try await Self.masks(disjoint: false) {
            let inside = zip(probabilities[mask.prompt], try GreyImage(decoding: mask.png).values).filter {
                $0.1 == 255
            }
            let mean = inside.reduce(0.0) { $0 + Double($1.0) } / Double(inside.count) / 255
            #expect(abs(mask.score - mean) < 2e-3)
        }
    }

    @Test("Disjoint masks give a pixel to its most probable label alone")
    func disjoint() async throws {
        let probabilities = try await Self.probabilities()
        // Low, so that masks would overlap.
        let overlapping = try await Self.masks(disjoint: false, threshold: 0.02)
        let masks = try await Self.masks(disjoint: true, threshold: 0.02)
        var owners = [Int?](repeating: nil, count: probabilities[0].count)
        for mask in masks {
            for (pixel, value) in try GreyImage(decoding: mask.png).values.enumerated() where value == 255 {
                #expect(owners[pixel] == nil)
                owners[pixel] = mask.prompt
            }
        }
        var claims = [Int](repeating: 0, count: owners.count)
        for mask in overlapping {
            for (pixel, value) in try GreyImage(decoding: mask.png).values.enumerated() where value == 255 {
                claims[pixel] += 1
            }
        }
        #expect(claims.contains { $0 > 1 })
        for (pixel, owner) in owners.enumerated() {
            #expect((owner != nil) == (claims[pixel] > 0))
            guard let owner else { continue }
            // Rounded to 8 bits, others may seem as probable.
            #expect(probabilities.allSatisfy { $0[pixel] <= probabilities[owner][pixel] + 1 })
        }
    }
}
