import Testing

@testable import Segmentation

@Suite struct SegmentationRequestTests {
    /// A change to a request that is in order, and what it is refused with.
    struct Mistake: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let code: String
        let parameter: String
        let make: @Sendable (inout SegmentationRequest) -> Void

        init(
            _ name: String, _ code: String, _ parameter: String,
            make: @escaping @Sendable (inout SegmentationRequest) -> Void
        ) {
            testDescription = name
            self.code = code
            self.parameter = parameter
            self.make = make
        }
    }

    private static var request: SegmentationRequest { SegmentationRequest(image: [1], prompts: [.text("a cat")]) }

    static let mistakes =
        [
            Mistake("a zero-byte image", "empty_image", "image") { $0.image = [] },
            Mistake("no prompt", "missing_parameter", "prompt") { $0.prompts = [] },
            Mistake("65 prompts", "too_many_prompts", "prompt") {
                $0.prompts = [SegmentationRequest.Prompt](repeating: .text("a cat"), count: 65)
            },
        ]
        + ["", " ", "\t\r\n", "\u{A0}\u{2003}\u{3000}"].map { text in
            Mistake("the blank prompt \(text.debugDescription)", "empty_prompt", "prompt") {
                $0.prompts.append(.text(text))
            }
        }
        + [Float.nan, -.nan, -1, 2, .infinity, -.infinity, Float(1).nextUp, -.leastNonzeroMagnitude].map { threshold in
            Mistake("the threshold \(threshold)", "invalid_parameter", "threshold") { $0.threshold = threshold }
        }

    @Test("A mistake is refused, naming the parameter", arguments: mistakes)
    func refused(mistake: Mistake) throws {
        var request = Self.request
        mistake.make(&request)
        let error = try #require(throws: InputError.self) { try request.validate() }
        #expect(error.code == mistake.code)
        #expect(error.parameter == mistake.parameter)
        #expect(error.kind == .malformed)
        #expect(!error.description.isEmpty)
    }

    @Test("Any threshold from 0 to 1 will do", arguments: [0, -0.0, .leastNonzeroMagnitude, 0.5, 1] as [Float])
    func thresholds(threshold: Float) throws {
        var request = Self.request
        request.threshold = threshold
        try request.validate()
    }

    @Test("Up to 64 prompts will do, of any kind")
    func prompts() throws {
        var request = Self.request
        request.prompts =
            [SegmentationRequest.Prompt](repeating: .text("."), count: 62) + [.image([1]), .embedding([])]
        try request.validate()
    }
}
