import CLIPSeg
import Compute
import Glibc
import Imaging

/// Times the model alone: pixel values, and tokens, to logits.
public struct Benchmark {
    /// What was measured.
    public struct Report: Sendable, Encodable {
        /// The precision of matrix products.
        public let precision: String
        /// The threads that one run uses.
        public let threads: Int
        /// The prompts decoded as a batch.
        public let prompts: Int
        /// Whether image and texts were encoded beforehand.
        public let cached: Bool
        /// The number of timed runs.
        public let runs: Int
        /// The fastest run.
        public let minSeconds: Double
        /// The run in the middle.
        public let medianSeconds: Double
        /// The run that 95 % are not slower than.
        public let p95Seconds: Double
        /// What the process holds in memory after the runs.
        public let residentBytes: Int
        /// What loading the model took.
        public let loadSeconds: Double

        enum CodingKeys: String, CodingKey {
            case precision, threads, prompts, cached, runs
            case minSeconds = "min_seconds"
            case medianSeconds = "median_seconds"
            case p95Seconds = "p95_seconds"
            case residentBytes = "resident_bytes"
            case loadSeconds = "load_seconds"
        }

        /// The report for people.
        public var text: String {
            """
            \(precision), \(threads) threads, \(prompts) prompt\(prompts == 1 ? "" : "s")\(cached ? ", image and texts encoded before" : "")
            median \(milliseconds(medianSeconds)) ms, best \(milliseconds(minSeconds)), p95 \(milliseconds(p95Seconds)) \
            (\(runs) runs)
            loaded in \(milliseconds(loadSeconds)) ms, resident \(residentBytes / 1_000_000) MB

            """
        }

        private func milliseconds(_ seconds: Double) -> Double { (seconds * 10000).rounded() / 10 }
    }

    private let loaded: LoadedModel
    private let prompts: Int
    private let cached: Bool

    /// Prepares to time `prompts` text prompts on one image of the size that the processor makes.
    public init(_ loaded: LoadedModel, prompts: Int, cached: Bool) {
        self.loaded = loaded
        self.prompts = prompts
        self.cached = cached
    }

    /// Warms up, then times runs.
    ///
    /// - Parameters:
    ///   - runs: How many.
    ///   - progress: Told the number of runs done.
    public func run(_ runs: Int, progress: (Int) -> Void) throws -> Report {
        let pixels = try loaded.processor.pixelValues([Self.pattern()])
        let inputIDs = try loaded.processor.inputIDs(
            (1...prompts).map { "a photo of thing number \($0)" },
            maxLength: loaded.model.config.textConfig.maxPositionEmbeddings)
        let model = loaded.model
        let encoding = try model.encode(pixels)
        let features = try model.clip.textFeatures(inputIDs)
        func once() throws {
            _ = try model.decode(
                cached ? encoding : model.encode(pixels),
                conditionalEmbeddings: cached ? features : model.clip.textFeatures(inputIDs))
        }
        for _ in 0..<2 { try once() }
        let seconds = try (1...runs).map { run in
            let start = ContinuousClock.now
            try once()
            progress(run)
            return start.duration(to: .now).seconds
        }.sorted()
        return Report(
            precision: loaded.precision.rawValue, threads: loaded.threads, prompts: prompts, cached: cached, runs: runs,
            minSeconds: seconds[0], medianSeconds: seconds[runs / 2], p95Seconds: seconds[(runs * 95 + 99) / 100 - 1],
            residentBytes: Self.residentBytes(), loadSeconds: loaded.loadDuration.seconds)
    }

    /// A picture with something in it: time does not depend on what, but denormal numbers would be unfair.
    static func pattern() -> RGBImage {
        let side = 64
        let pixels = (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 / 97) }
        return RGBImage(width: side, height: side, pixels: pixels)
    }

    /// The second number of `/proc/self/statm`, in bytes; 0 where there is no such file.
    private static func residentBytes() -> Int {
        guard let file = fopen("/proc/self/statm", "r") else { return 0 }
        defer { fclose(file) }
        var line = [UInt8](repeating: 0, count: 128)
        let count = fread(&line, 1, line.count, file)
        let fields = String(decoding: line[..<count], as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
