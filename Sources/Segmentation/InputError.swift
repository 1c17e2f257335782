public import CLIPSeg
public import Imaging

/// Something that a caller sent and that can't be used.
public struct InputError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What kind of answer the error deserves.
    public enum Kind: Sendable {
        /// The request makes no sense as it stands.
        case malformed
        /// The file is of a type that is not supported.
        case unsupportedMediaType
        /// The request is well formed, but what it asks for is impossible.
        case unprocessable
    }

    /// What kind of answer the error deserves.
    public let kind: Kind
    /// A stable word for programs.
    public let code: String
    /// The parameter at fault.
    public let parameter: String
    /// What is wrong, and what to do about it.
    public let description: String

    /// Creates an error about `parameter`.
    public init(_ kind: Kind, code: String, parameter: String, _ description: String) {
        self.kind = kind
        self.code = code
        self.parameter = parameter
        self.description = description
    }

    /// The same error where the parameter has another name.
    public func about(_ parameter: String) -> InputError {
        InputError(kind, code: code, parameter: parameter, description)
    }

    /// An image that could not be decoded.
    public init(_ error: ImageError, parameter: String) {
        let (kind, code): (Kind, String) =
            switch error {
            case .empty: (.malformed, "empty_image")
            case .unknownFormat: (.unsupportedMediaType, "unsupported_image_type")
            case .unsupported: (.unsupportedMediaType, "unsupported_image")
            case .truncated, .corrupt: (.unprocessable, "corrupt_image")
            case .tooManyPixels, .sideTooLong, .tooManyScans, .outOfMemory: (.unprocessable, "image_too_large")
            }
        self.init(kind, code: code, parameter: parameter, error.description)
    }

    /// A text that could not be tokenized.
    public init(_ error: TokenizerError, parameter: String) {
        self.init(.unprocessable, code: "prompt_too_long", parameter: parameter, error.description)
    }

    /// - Throws: `InputError` if a text says nothing.
    static func requireWords(_ text: String, parameter: String) throws(InputError) {
        guard text.allSatisfy(\.isWhitespace) else { return }
        throw InputError(
            .malformed, code: "empty_prompt", parameter: parameter,
            "The \(parameter) is empty. Say what to look for, “a red umbrella” for instance.")
    }

    /// - Throws: `InputError` if there are more texts than fit one request.
    static func requireFew(_ count: Int, of parameter: String) throws(InputError) {
        guard count > SegmentationRequest.maxPrompts else { return }
        throw InputError(
            .malformed, code: "too_many_prompts", parameter: parameter,
            "There are \(count) \(parameter)s; at most \(SegmentationRequest.maxPrompts) fit one request.")
    }

    /// Something that does not fit the model.
    public init(_ error: ModelError, parameter: String) {
        self.init(.unprocessable, code: "unprocessable_input", parameter: parameter, error.description)
    }
}
