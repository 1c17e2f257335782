/// The size of an answer.
public enum AnswerSize: Sendable, Equatable, CustomStringConvertible {
    /// The image's own, after EXIF orientation.
    case original
    /// That of the model's output.
    case model
    /// Another, in pixels.
    case pixels(width: Int, height: Int)

    /// What width and height can be.
    static let sides = 1...65_535

    /// Reads `original`, `model`, or width and height as in `640x480`.
    init?(_ text: String) {
        switch text {
        case "original": self = .original
        case "model": self = .model
        default:
            guard let (width, height) = twoNumbers(text, in: Self.sides) else { return nil }
            self = .pixels(width: width, height: height)
        }
    }

    /// As `init` reads it.
    public var description: String {
        switch self {
        case .original: "original"
        case .model: "model"
        case .pixels(let width, let height): "\(width)x\(height)"
        }
    }
}

/// Two numbers with an x between, each written in the one way that there is: texts that differ mean something else.
func twoNumbers(_ text: String, in range: ClosedRange<Int>) -> (Int, Int)? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    let numbers = parts.compactMap { part in Int(part).flatMap { range.contains($0) && "\($0)" == part ? $0 : nil } }
    guard parts.count == 2, numbers.count == 2 else { return nil }
    return (numbers[0], numbers[1])
}
