import Logging
import Testing

@testable import Segmentation

/// Pools with the demo model, loaded once for all tests.
enum DemoPool {
    private static let fp32 = Result { try load(.fp32) }
    private static let bf16 = Result { try load(.bf16) }
    private static let int8 = Result { try load(.int8) }

    static func pool(_ precision: PrecisionChoice = .fp32) throws -> ModelPool {
        switch precision {
        case .int8: try int8.get()
        case .bf16: try bf16.get()
        case .fp32, .auto: try fp32.get()
        }
    }

    private static func load(_ precision: PrecisionChoice) throws -> ModelPool {
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        return ModelPool(
            try LoadedModel(.demo, precision: precision, threads: 2, logger: logger), maxQueue: 1000)
    }

    /// The answer to these prompts.
    static func segment(
        _ image: [UInt8], _ prompts: [SegmentationRequest.Prompt], as output: OutputKind = .mask,
        threshold: Float = 0.5, decoding: DecodingKind = .exact,
        precision: PrecisionChoice = .fp32
    ) async throws -> [UInt8] {
        var request = SegmentationRequest(image: image, prompts: prompts)
        request.output = output
        request.threshold = threshold
        request.decoding = decoding
        return try await pool(precision).segment(request).bytes
    }

    static func mask(_ image: [UInt8], _ prompts: [SegmentationRequest.Prompt]) async throws -> GreyImage {
        try GreyImage(decoding: await segment(image, prompts))
    }
}
