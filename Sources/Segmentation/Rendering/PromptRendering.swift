import Glibc
import Imaging

/// From the logits of one prompt to its probabilities and its mask, at the size of the answer. The order is fixed:
/// resize, sigmoid, refine, smooth, threshold, fill holes, shrink, grow, drop small parts, keep the largest.
struct PromptRendering {
    private let request: SegmentationRequest
    private let size: ImageSize
    /// The picture at the size of the answer, if edges are to follow it.
    private let guide: RGBImage?
    /// The side of the model's patches, in its pixels, of which each has a logit.
    private let patch: Int

    init(_ request: SegmentationRequest, _ size: ImageSize, guide: RGBImage?, patch: Int) {
        self.request = request
        self.size = size
        self.guide = guide
        self.patch = patch
    }

    /// The probabilities.
    func probabilities(_ answer: AnswerLogits, _ prompt: Int) -> FloatPlane {
        var rows = answer.rows(prompt, size)
        let plain = FloatPlane(width: size.width, height: size.height) { number, row in
            rows.write(number, into: row)
            for column in 0..<row.count { row[column] = row[column].isNaN ? 0 : 1 / (1 + exp(-row[column])) }
        }
        return refined(plain, radius: request.refineRadius ?? defaultRadius(answer))
            .smoothed(sigma: Double(request.smoothing))
    }

    private func defaultRadius(_ answer: AnswerLogits) -> Int {
        let (window, patch) = (answer.window, Float(patch))
        let (width, height) = (Float(size.width) / window.width, Float(size.height) / window.height)
        return min(256, GuidedFilter.Parameters.defaultRadius(patch: patch * max(width, height)))
    }

    private func refined(_ probabilities: FloatPlane, radius: Int) -> FloatPlane {
        guard let guide, request.refinement == .guided else { return probabilities }
        let parameters = GuidedFilter.Parameters(radius: radius, epsilon: request.refineEpsilon)
        return GuidedFilter(probabilities, guide: guide, parameters: parameters).plane()
    }

    /// The probability from which on a pixel belongs to the mask.
    func threshold(_ prompt: Int, _ probabilities: FloatPlane) -> Float {
        switch request.thresholds[prompt] {
        case .probability(let threshold): threshold
        case .automatic:
            max(ProbabilityHistogram(probabilities).otsuThreshold ?? 0.5, Threshold.leastAutomatic)
        }
    }

    /// The pixels that belong to the prompt.
    func mask(_ probabilities: FloatPlane, threshold: Float) -> BinaryMask {
        var mask = BinaryMask(probabilities, threshold: threshold)
        if request.fillsHoles { mask = mask.fillingHoles() }
        if request.shrinking > 0 { mask = mask.shrunk(by: Double(request.shrinking)) }
        if request.growing > 0 { mask = mask.grown(by: Double(request.growing)) }
        if request.minArea > 1 { mask = mask.removingComponents(smallerThan: request.minArea) }
        if request.keepsLargestOnly { mask = mask.largestComponent() }
        return mask
    }
}

extension SegmentationRequest {
    /// Whether each pixel's probability and mask depend on the logits at that place alone.
    var isPointwise: Bool { refinement == .none && smoothing == 0 && !changesMasks }

    /// Whether masks are more than pixels that reach a threshold.
    var changesMasks: Bool {
        fillsHoles || shrinking > 0 || growing > 0 || minArea > 1 || keepsLargestOnly
    }
}

extension FloatPlane {
    /// 1 minus each value.
    var inverted: FloatPlane { FloatPlane(width: width, height: height, values: values.map { 1 - $0 }) }

    /// What `merge` makes of each value and that of another plane of the same size.
    func merged(with other: FloatPlane, _ merge: (Float, Float) -> Float) -> FloatPlane {
        FloatPlane(width: width, height: height) { row, target in
            for column in 0..<width {
                target[column] = merge(values[row * width + column], other.values[row * width + column])
            }
        }
    }
}
