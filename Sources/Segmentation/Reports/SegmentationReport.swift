import Imaging

/// The answer to `as=json`.
struct SegmentationReport: Encodable {
    let header: ReportHeader
    let prompts: [Prompt]

    init(_ header: ReportHeader, prompts: [Prompt]) {
        self.header = header
        self.prompts = prompts
    }

    private enum CodingKeys: CodingKey {
        case prompts
    }

    func encode(to encoder: any Encoder) throws {
        try header.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(prompts, forKey: .prompts)
    }

    struct Box: Encodable {
        let x: Int
        let y: Int
        let width: Int
        let height: Int

        init(_ box: PixelBox) { (x, y, width, height) = (box.x, box.y, box.width, box.height) }
    }

    struct Point: Encodable {
        let x: Double
        let y: Double
    }

    /// Probabilities inside a mask.
    struct Score: Encodable {
        let peak: Float
        let mean: Double

        init?(_ region: RegionStatistics) {
            guard let peak = region.peak, let mean = region.mean else { return nil }
            (self.peak, self.mean) = (peak, mean)
        }
    }

    struct Component: Encodable {
        let area: Int
        let box: Box
        let centroid: Point
        let score: Score?

        init(_ region: RegionStatistics) {
            area = region.area
            box = Box(region.box)
            centroid = Point(x: region.centroidX, y: region.centroidY)
            score = Score(region)
        }
    }

    /// What there is to say of a prompt.
    struct Prompt: Encodable {
        /// More components than this are noise.
        static let maxComponents = 1000

        let label: String
        /// Whether a pixel belongs to the mask before it is inverted.
        let found: Bool
        let threshold: Float
        let isAutomatic: Bool
        /// The largest probability anywhere, before inverting.
        let highest: Float
        let whole: Component?
        let componentCount: Int?
        let components: [Component]?
        let mask: EncodedMask?

        /// - Parameters:
        ///   - mask: What was found; if the request inverts, the report describes the rest.
        ///   - probabilities: Those of what was looked for.
        init(
            _ label: String, _ mask: BinaryMask, _ probabilities: FloatPlane, threshold: Float, isAutomatic: Bool,
            _ request: SegmentationRequest
        ) throws {
            self.label = label
            self.threshold = threshold
            self.isAutomatic = isAutomatic
            highest = probabilities.values.max() ?? 0
            found = !mask.isEmpty
            let (mask, probabilities) =
                request.inverts ? (mask.inverted, probabilities.inverted) : (mask, probabilities)
            whole = mask.statistics(values: probabilities).map(Component.init)
            if request.listsComponents {
                let all = ConnectedComponents(of: mask)
                componentCount = all.count
                components = all.statistics(of: all.largest(Self.maxComponents), values: probabilities)
                    .map(Component.init)
            } else {
                (componentCount, components) = (nil, nil)
            }
            self.mask = try EncodedMask(mask, request.maskFormat)
        }

        private enum CodingKeys: String, CodingKey {
            case label, found, threshold, score, area, box, centroid, components, mask
            case isAutomatic = "threshold_auto"
            case highest = "max_probability"
            case componentCount = "component_count"
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(label, forKey: .label)
            try container.encode(found, forKey: .found)
            try container.encode(threshold, forKey: .threshold)
            try container.encode(isAutomatic, forKey: .isAutomatic)
            try container.encode(highest, forKey: .highest)
            try container.encode(whole?.area ?? 0, forKey: .area)
            // Null, not absent: a mask without a pixel has no box.
            try container.encode(whole?.score, forKey: .score)
            try container.encode(whole?.box, forKey: .box)
            try container.encode(whole?.centroid, forKey: .centroid)
            try container.encodeIfPresent(componentCount, forKey: .componentCount)
            try container.encodeIfPresent(components, forKey: .components)
            try container.encodeIfPresent(mask, forKey: .mask)
        }
    }
}
