/// The options of a segmentation that a line of a list can set for its image, by the names that the HTTP API has.
public struct BatchOptions: Codable, Equatable, Sendable {
    /// What to answer with.
    public var output = OutputKind.mask
    /// The probability from which on a pixel belongs to a mask, 0 to 1.
    public var threshold: Float = 0.5
    /// How images are decoded.
    public var decoding = DecodingKind.exact

    /// The default options.
    public init() {}

    enum CodingKeys: String, CodingKey, CaseIterable {
        case output = "as"
        case threshold
        case decoding = "decode"
    }

    /// Sets the option `name` to what `text` says.
    ///
    /// - Throws: `InputError` if there is no such option, or it can't be that.
    mutating func set(_ name: String, to text: String) throws(InputError) {
        switch CodingKeys(rawValue: name) {
        case .output: output = try Self.word(text, name)
        case .decoding: decoding = try Self.word(text, name)
        case .threshold:
            guard let value = Float(text), value >= 0, value <= 1 else {
                throw Self.invalid(name, "is \(text); give a number between 0 and 1")
            }
            threshold = value
        case nil:
            let known = CodingKeys.allCases.map(\.rawValue).sorted().joined(separator: ", ")
            throw InputError(
                .malformed, code: "unknown_parameter", parameter: name,
                "there is no option “\(name)”; there are: \(known)")
        }
    }

    private static func word<Value: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ name: String
    ) throws(InputError) -> Value {
        guard let value = Value(rawValue: text) else {
            let known = Value.allCases.map(\.rawValue).joined(separator: ", ")
            throw invalid(name, "is “\(text)”; it can be \(known)")
        }
        return value
    }

    private static func invalid(_ name: String, _ problem: String) -> InputError {
        InputError(.malformed, code: "invalid_parameter", parameter: name, "the option “\(name)” \(problem)")
    }

    /// The request that a file and prompts make with these options.
    func request(image: [UInt8], prompts: [String]) -> SegmentationRequest {
        var request = SegmentationRequest(image: image, prompts: prompts.map(SegmentationRequest.Prompt.text))
        request.output = output
        request.threshold = threshold
        request.decoding = decoding
        return request
    }
}

extension OutputKind: Codable {}
extension DecodingKind: Codable {}
