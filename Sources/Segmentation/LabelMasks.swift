import Imaging

/// Where one label's prompt was found.
public struct LabelMask: Sendable {
    /// The prompt's number in the request.
    public let prompt: Int
    /// 8-bit greyscale PNG of the image's size: 255 where the label is, else 0.
    public let png: [UInt8]
    /// The mean probability inside the mask.
    public let score: Double
}

extension ModelPool {
    /// Segments an image into a mask for each prompt. A prompt whose mask would be empty has none.
    ///
    /// - Parameters:
    ///   - request: Its threshold decides what belongs to a mask; its output kind is not looked at.
    ///   - disjoint: Whether a pixel belongs to the mask of its most probable prompt alone.
    /// - Throws: as `segment` does.
    public func labelMasks(
        _ request: SegmentationRequest, disjoint: Bool
    ) async throws -> (answer: [LabelMask], timings: StageTimings) {
        let threshold = request.threshold
        return try await segment(request) { shape in
            // Each finished file is far smaller than its pixels.
            MaskRendering.bytes(ImageSize(width: shape.width, height: shape.height)) * (8 + shape.prompts) / 8
        } render: { planes, timings in
            let owners = disjoint ? try timings.measure("postprocess") { try PixelOwners(planes) } : nil
            return try (0..<planes.shape.prompts).compactMap { prompt in
                try timings.measure("encode_png") {
                    try LabelMask(prompt, of: planes, threshold: threshold, owners: owners)
                }
            }
        }
    }
}

extension LabelMask {
    fileprivate init?(_ prompt: Int, of planes: PromptPlanes, threshold: Float, owners: PixelOwners?) throws {
        var rows = try planes.rows(of: prompt)
        var count = 0
        var sum = 0.0
        png = try PNGEncoder.encodeMask(width: planes.shape.width, height: planes.shape.height) { number, bytes in
            rows.withRow(number) { probabilities in
                for (column, probability) in probabilities.enumerated() {
                    let isInside = probability >= threshold && owners?.owns(prompt, row: number, column) ?? true
                    bytes[column] = isInside ? 255 : 0
                    if isInside {
                        count += 1
                        sum += Double(probability)
                    }
                }
            }
        }
        guard count > 0 else { return nil }
        self.prompt = prompt
        score = sum / Double(count)
    }
}

/// The most probable prompt of each pixel; the first of equals.
private struct PixelOwners {
    private let width: Int
    private var prompts: [UInt8]

    init(_ planes: PromptPlanes) throws {
        let shape = planes.shape
        width = shape.width
        prompts = [UInt8](repeating: 0, count: shape.width * shape.height)
        var best = try planes.rows(of: 0)
        var rivals = try (1..<max(1, shape.prompts)).map { prompt in try planes.rows(of: prompt) }
        for number in 0..<shape.height {
            var most = best.withRow(number) { Array($0) }
            for rival in rivals.indices {
                rivals[rival].withRow(number) { probabilities in
                    for (column, probability) in probabilities.enumerated() where probability > most[column] {
                        most[column] = probability
                        prompts[number * width + column] = UInt8(rival + 1)
                    }
                }
            }
        }
    }

    func owns(_ prompt: Int, row: Int, _ column: Int) -> Bool { prompts[row * width + column] == prompt }
}
