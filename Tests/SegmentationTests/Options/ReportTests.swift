import Foundation
import Imaging
import Testing

@testable import Segmentation

/// Answers in JSON.
@Suite struct ReportTests {
    private static let balloon = Asking.balloon

    @Test("A prompt that is found has score, area, box, centroid and mask")
    func found() async throws {
        let mask = try await Asking.mask(["prompt": Self.balloon])
        let probabilities = try await GreyImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "probability"])
        ).values
        let report = try await Report(Asking.answer(["prompt": Self.balloon, "as": "json"]))
        #expect(report.model == "clipseg-demo")
        #expect(report.image == Report.Size(width: 400, height: 300) && report.size == report.image)
        #expect(Set(report.timingMs.keys).isSuperset(of: ["decode", "encode", "postprocess"]))
        let prompt = try #require(report.prompts.first)
        #expect(report.prompts.count == 1 && prompt.label == Self.balloon && prompt.found)
        #expect(prompt.threshold == 0.5 && !prompt.thresholdAuto)

        let inside = mask.values.indices.filter { mask.values[$0] == 1 }
        #expect(prompt.area == inside.count)
        let (columns, rows) = (inside.map { $0 % 400 }, inside.map { $0 / 400 })
        let (left, top) = (try #require(columns.min()), try #require(rows.min()))
        let (right, bottom) = (try #require(columns.max()), try #require(rows.max()))
        #expect(prompt.box == Report.Box(x: left, y: top, width: right - left + 1, height: bottom - top + 1))
        let centroid = try #require(prompt.centroid)
        #expect(abs(centroid.x - Double(columns.reduce(0, +)) / Double(inside.count)) < 1e-9)
        #expect(abs(centroid.y - Double(rows.reduce(0, +)) / Double(inside.count)) < 1e-9)
        let score = try #require(prompt.score)
        let mean = inside.reduce(0) { $0 + Double(probabilities[$1]) / 255 } / Double(inside.count)
        #expect(abs(score.mean - mean) < 1e-3)
        #expect(abs(score.peak - Float(try #require(probabilities.max())) / 255) < 0.003)
        #expect(prompt.maxProbability == score.peak)
        #expect(prompt.components == nil && prompt.componentCount == nil)
        #expect(prompt.mask?.format == "png")
        let picture = try GreyImage(decoding: [UInt8](try #require(prompt.mask?.data)))
        #expect(picture.values == mask.values.map { $0 * 255 })
    }

    @Test("A prompt that is not found has an empty mask, and nothing is made up")
    func notFound() async throws {
        let report = try await Report(Asking.answer(["prompt": Self.balloon, "threshold": "1", "as": "json"]))
        let prompt = try #require(report.prompts.first)
        #expect(!prompt.found && prompt.area == 0)
        #expect(prompt.score == nil && prompt.box == nil && prompt.centroid == nil)
        #expect(prompt.maxProbability > 0.5 && prompt.maxProbability < 1)
        let picture = try GreyImage(decoding: [UInt8](try #require(prompt.mask?.data)))
        #expect(picture.width == 400 && picture.values.allSatisfy { $0 == 0 })
    }

    @Test(
        "Inverted, mask, area and box are those of the rest; whether and how surely it was found stays",
        arguments: [0.5, 1])
    func inverted(threshold: Double) async throws {
        func prompt(_ invert: Bool) async throws -> Report.Prompt {
            let asked: KeyValuePairs = [
                "prompt": Self.balloon, "threshold": "\(threshold)", "as": "json", "invert": "\(invert)",
            ]
            return try await Report(Asking.answer(asked)).prompts[0]
        }
        let (plain, inverted) = (try await prompt(false), try await prompt(true))
        #expect(plain.found == (threshold < 1))
        #expect(inverted.found == plain.found && abs(inverted.maxProbability - plain.maxProbability) < 1e-4)
        #expect(inverted.area == 400 * 300 - plain.area)
        #expect(inverted.box == Report.Box(x: 0, y: 0, width: 400, height: 300))
        let pictures = try [plain, inverted].map { try GreyImage(decoding: [UInt8](#require($0.mask?.data))).values }
        #expect(pictures[1] == pictures[0].map { 255 - $0 })
    }

    @Test("Found means a part of at least min_area")
    func minArea() async throws {
        let area = try await Asking.mask(["prompt": Self.balloon]).largestComponent().area
        for (least, found) in [(area, true), (area + 1, false)] {
            let report = try await Report(
                Asking.answer(["prompt": Self.balloon, "as": "json", "min_area": "\(least)"]))
            #expect(report.prompts[0].found == found)
        }
    }

    @Test("Components are listed, the largest first, and add up to the whole")
    func components() async throws {
        let parameters: KeyValuePairs = [
            "prompt_expr": "\(Asking.balloon) OR \(Asking.drum)", "as": "json", "components": "true",
        ]
        let prompt = try #require(try await Report(Asking.answer(parameters)).prompts.first)
        let components = try #require(prompt.components)
        #expect(components.count >= 2 && prompt.componentCount == components.count)
        #expect(components.map(\.area) == components.map(\.area).sorted(by: >))
        #expect(components.reduce(0) { $0 + $1.area } == prompt.area)
        let mask = try await Asking.mask(["prompt_expr": "\(Asking.balloon) OR \(Asking.drum)"])
        let largest = try #require(mask.largestComponent().statistics())
        #expect(components[0].area == largest.area && components[0].box.x == largest.box.x)
        #expect(components.map(\.score.peak).max() == prompt.score?.peak)
    }

    @Test("A mask comes as PNG, run lengths, polygons, or not at all", arguments: MaskFormat.allCases)
    func format(format: MaskFormat) async throws {
        let mask = try await Asking.mask(["prompt": Self.balloon])
        let report = try await Report(
            Asking.answer(["prompt": Self.balloon, "as": "json", "mask_format": format.rawValue]))
        let found = report.prompts[0].mask
        #expect(found?.format == (format == .none ? nil : format.rawValue))
        switch format {
        case .none: #expect(found == nil)
        case .png:
            let picture = try GreyImage(decoding: [UInt8](try #require(found?.data)))
            #expect(picture.values == mask.values.map { $0 * 255 })
        case .rle:
            let size = try #require(found?.size)
            let counts = try #require(found?.counts)
            #expect(try RunLengthEncoding(width: size[1], height: size[0], string: counts).mask == mask)
        case .polygon:
            #expect(Self.filled(try #require(found?.polygons), width: 400, height: 300) == mask.values)
        }
    }

    /// Even-odd filling: a pixel is inside if a ray to the left of its centre crosses an odd number of vertical edges.
    private static func filled(_ polygons: [[Int]], width: Int, height: Int) -> [UInt8] {
        var crossings = [UInt8](repeating: 0, count: (width + 1) * height)
        for polygon in polygons {
            let points = stride(from: 0, to: polygon.count, by: 2).map { (x: polygon[$0], y: polygon[$0 + 1]) }
            for (from, to) in zip(points, points.dropFirst() + points.prefix(1)) where from.x == to.x {
                for row in min(from.y, to.y)..<max(from.y, to.y) { crossings[row * (width + 1) + from.x] ^= 1 }
            }
        }
        var values: [UInt8] = []
        for row in 0..<height {
            var inside: UInt8 = 0
            for column in 0..<width {
                inside ^= crossings[row * (width + 1) + column]
                values.append(inside)
            }
        }
        return values
    }
}
