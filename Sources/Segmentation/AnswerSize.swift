/// The size of an answer.
public enum AnswerSize: Sendable, Equatable, CustomStringConvertible {
    /// The image's own, after EXIF orientation.
    case original
    /// That of the model's output.
    case model
    /// Another, in pixels.
    case pixels(width: Int, height: Int)

    private static let sides = 1...65_535

    /// Reads `original`, `model`, or width and height as in `640x480`.
    init?(_ text: String) {
        switch text {
        case "original": self = .original
        case "model": self = .model
        default:
            guard let (width, height) = twoNumbers(text), Self.sides.contains(width), Self.sides.contains(height) else {
                return nil
            }
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

/// Two numbers with an x between.
func twoNumbers(_ text: String) -> (Int, Int)? {
    let parts = text.split(separator: "x", omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ (1...5).contains($0.utf8.count) }),
        parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let first = Int(parts[0]),
        let second = Int(parts[1])
    else { return nil }
    return (first, second)
}
