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
    /// Which of its values, counted from 1; nil if there is but one, or it makes no difference.
    public let number: Int?
    /// What is wrong, and what to do about it, but not with which value.
    public let problem: String

    /// What is wrong, and what to do about it.
    public var description: String { number.map { "“\(parameter)” no. \($0): \(problem)" } ?? problem }

    /// Creates an error about `parameter`.
    public init(_ kind: Kind, code: String, parameter: String, number: Int? = nil, _ problem: String) {
        self.kind = kind
        self.code = code
        self.parameter = parameter
        self.number = number
        self.problem = problem
    }

    /// The same error where the parameter has another name.
    public func about(_ parameter: String) -> InputError {
        InputError(kind, code: code, parameter: parameter, number: number, problem)
    }

    /// What `work` makes of one of several values of a parameter; its errors say of which.
    static func telling<Result>(_ number: Int?, _ work: () throws -> Result) throws -> Result {
        do {
            return try work()
        } catch let error as InputError {
            throw InputError(
                error.kind, code: error.code, parameter: error.parameter, number: number, error.problem)
        }
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
            "The \(String(parameter.map { $0 == "_" ? " " : $0 })) is empty. Say what to look for, “a red umbrella” for instance."
        )
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

extension Int {
    /// As in “1 prompt” and “2 prompts”.
    func counted(_ noun: String) -> String { self == 1 ? "1 \(noun)" : "\(self) \(noun)s" }
}
