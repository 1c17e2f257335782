import CLIPSeg
import Foundation
import Imaging
import Testing

@testable import Segmentation

@Suite struct MaskRenderingTests {
    private static func sigmoid(_ logit: Float) -> Float { 1 / (1 + exp(-logit)) }

    /// Logits of every size, and those around the one where the sigmoid reaches `threshold`.
    private static func logits(around threshold: Float) -> [Float] {
        var logits: [Float] = [0, -0.0, .infinity, -.infinity, .leastNonzeroMagnitude, -.leastNonzeroMagnitude]
        logits += stride(from: -130, through: 130, by: 0.25)
        logits += (0..<60).flatMap { [Float(sign: .plus, exponent: -$0, significand: 1), -exp2(-Float($0))] }
        var (below, above) = (log(threshold / (1 - threshold)), log(threshold / (1 - threshold)))
        for _ in 0..<200 {
            logits += [below, above]
            (below, above) = (below.nextDown, above.nextUp)
        }
        return logits
    }

    private func rendering(_ values: [Float]) -> MaskRendering {
        MaskRendering(
            AnswerLogits(Logits(prompts: 1, height: 1, width: values.count, values: values)),
            ImageSize(width: values.count, height: 1))
    }

    @Test(
        "A pixel belongs to the mask where the sigmoid of its logit reaches the threshold, to the last bit",
        arguments: [
            0, .leastNonzeroMagnitude, 1e-30, 1e-7, 0.001, 0.1, 0.25, Float(0.5).nextDown, 0.5, Float(0.5).nextUp, 0.75,
            0.9, 0.999, Float(1).nextDown, 1,
        ] as [Float])
    func threshold(threshold: Float) {
        let logits = Self.logits(around: threshold)
        let mask = rendering(logits).mask(threshold: threshold).pixels()
        let wrong = logits.indices.filter { (mask[$0] == 255) != (Self.sigmoid(logits[$0]) >= threshold) }
        #expect(wrong.isEmpty, "\(wrong.prefix(5).map { logits[$0] })")
        #expect(mask.allSatisfy { $0 == 0 || $0 == 255 })
    }

    @Test("Threshold 0 takes every pixel, and 1 only those that are certain")
    func extremes() {
        let rendering = rendering([-.infinity, -200, 0, 15, 20, .infinity])
        #expect(rendering.mask(threshold: 0).pixels() == [255, 255, 255, 255, 255, 255])
        #expect(rendering.mask(threshold: 1).pixels() == [0, 0, 0, 0, 255, 255])
    }

    @Test("The probability is the sigmoid times 255, rounded")
    func probability() {
        let logits = Self.logits(around: 0.5)
        #expect(rendering(logits).probability().pixels() == logits.map { UInt8((255 * Self.sigmoid($0)).rounded()) })
        #expect(rendering([-.infinity, -3, 0, 3, .infinity]).probability().pixels() == [0, 12, 128, 243, 255])
    }

    @Test("What is not a number belongs to no mask, and does no harm")
    func notANumber() {
        let rendering = rendering([.nan, 1, -.nan])
        #expect(rendering.mask(threshold: 0).pixels() == [0, 255, 0])
        #expect(rendering.probability().pixels() == [0, 186, 0])
    }

    @Test("Logits are resized before they are thresholded", arguments: [(8, 6), (31, 17), (3, 2), (1, 1), (640, 3)])
    func resized(width: Int, height: Int) {
        let values = Self.noise(8 * 6, seed: 1)
        let whole = FloatPlane(width: 8, height: 6, values: values).resizedBilinear(width: width, height: height)
        let rendering = MaskRendering(
            AnswerLogits(Logits(prompts: 1, height: 6, width: 8, values: values)),
            ImageSize(width: width, height: height))
        #expect(rendering.mask(threshold: 0.5).pixels() == whole.values.map { $0 >= 0 ? 255 : 0 })
        #expect(rendering.probability().pixels() == whole.values.map { UInt8((255 * Self.sigmoid($0)).rounded()) })
    }

    @Test("Several prompts are united", arguments: [2, 5])
    func union(prompts: Int) {
        let values = Self.noise(prompts * 8 * 6, seed: 2)
        let logits = Logits(prompts: prompts, height: 6, width: 8, values: values)
        let size = ImageSize(width: 20, height: 30)
        let together = MaskRendering(AnswerLogits(logits), size)
        let apart = (0..<prompts).map {
            MaskRendering(
                AnswerLogits(Logits(prompts: 1, height: 6, width: 8, values: logits.plane($0))), size)
        }
        for threshold: Float in [0.3, 0.5, 0.9] {
            let masks = apart.map { $0.mask(threshold: threshold).pixels() }
            #expect(together.mask(threshold: threshold).pixels() == Self.largest(masks))
        }
        #expect(together.probability().pixels() == Self.largest(apart.map { $0.probability().pixels() }))
        #expect(Set(together.mask(threshold: 0.9).pixels()) == [0, 255])
    }

    private static func largest(_ planes: [[UInt8]]) -> [UInt8] {
        planes[0].indices.map { index in planes.reduce(0) { max($0, $1[index]) } }
    }

    private static func noise(_ count: Int, seed: UInt64) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int64(bitPattern: state) >> 40) / 1_000_000
        }
    }
}
