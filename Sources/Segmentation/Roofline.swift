#if OneDNN
import CLIPSeg
import Compute

/// Measures how much of what the machine can multiply the image encoder makes use of.
///
/// The peak is the best of oneDNN's products of large square matrices in the same precision, on the same threads. Both
/// are measured in the same process and in turn, so that a machine that is faster one minute and slower the next does
/// not decide the ratio.
public struct Roofline {
    /// What was measured.
    public struct Report: Sendable, Encodable {
        /// The precision of the encoder's products with weights.
        public let precision: String
        /// The threads that encoder and products use.
        public let threads: Int
        /// How often each was measured.
        public let rounds: Int
        /// Multiplications and additions in the encoder's matrix products, attention's among them.
        public let encoderOperations: Double
        /// The median time of the encoder, pixel values to the activations that the decoder needs.
        public let encoderMedianSeconds: Double
        /// What the encoder achieves.
        public let encoderOperationsPerSecond: Double
        /// The size of the fastest of the square matrices.
        public let peakSize: Int
        /// What their product achieves, in the median.
        public let peakOperationsPerSecond: Double
        /// What the encoder achieves of the peak.
        public let share: Double

        enum CodingKeys: String, CodingKey {
            case precision, threads, rounds, share
            case encoderOperations = "encoder_operations"
            case encoderMedianSeconds = "encoder_median_seconds"
            case encoderOperationsPerSecond = "encoder_operations_per_second"
            case peakSize = "peak_size"
            case peakOperationsPerSecond = "peak_operations_per_second"
        }

        /// The report for people.
        public var text: String {
            """
            \(precision), \(threads) threads, \(rounds) rounds in turn, medians
            image encoder: \(rounded(encoderMedianSeconds * 1000)) ms for \(rounded(encoderOperations / 1e9)) G operations, \
            \(rounded(encoderOperationsPerSecond / 1e9)) G/s
            peak: \(rounded(peakOperationsPerSecond / 1e9)) G/s (oneDNN, \(peakSize) × \(peakSize) × \(peakSize))
            share: \(rounded(share * 100)) %

            """
        }

        private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    }

    private static let sizes = [768, 1024, 1536, 2048]

    private let loaded: LoadedModel
    private let products: [PeakProduct]

    /// - Throws: `BackendError`.
    public init(_ loaded: LoadedModel) throws {
        self.loaded = loaded
        products = try Self.sizes.map {
            try PeakProduct(size: $0, element: loaded.precision.encoderElement, threads: loaded.threads)
        }
    }

    /// Warms up, then measures encoder and products in turn.
    ///
    /// - Parameters:
    ///   - rounds: How often.
    ///   - progress: Told the number of rounds done.
    public func run(_ rounds: Int, progress: (Int) -> Void) throws -> Report {
        let model = loaded.model
        let pixels = try loaded.processor.pixelValues([Benchmark.pattern()])
        func encode() throws {
            let deepest = model.config.extractLayers.max().map { [$0] } ?? []
            _ = try model.clip.visionModel(pixels, extractLayers: deepest, pooled: false)
        }
        for _ in 0..<2 {
            try encode()
            for product in products { try product() }
        }
        var encoder: [Double] = []
        var peaks = [[Double]](repeating: [], count: products.count)
        for round in 1...rounds {
            encoder.append(try seconds(encode))
            for (index, product) in products.enumerated() {
                peaks[index].append(product.operations / (try seconds { try product() }))
            }
            progress(round)
        }
        let operations = model.config.imageEncoderOperations(width: pixels.width, height: pixels.height)
        let encoderSeconds = median(encoder)
        let medians = peaks.map(median)
        let best = medians.indices.max { medians[$0] < medians[$1] } ?? 0
        return Report(
            precision: loaded.precision.rawValue, threads: loaded.threads, rounds: rounds,
            encoderOperations: operations, encoderMedianSeconds: encoderSeconds,
            encoderOperationsPerSecond: operations / encoderSeconds, peakSize: products[best].size,
            peakOperationsPerSecond: medians[best], share: operations / encoderSeconds / medians[best])
    }

    private func seconds(_ body: () throws -> Void) rethrows -> Double {
        let start = ContinuousClock.now
        try body()
        return start.duration(to: .now).seconds
    }

    private func median(_ values: [Double]) -> Double { values.sorted()[values.count / 2] }
}
#endif
