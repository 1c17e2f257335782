/// Why run lengths are not those of a mask.
public enum RunLengthError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A side is less than 1, or there are more pixels than can be counted.
    case impossibleSize(width: Int, height: Int)
    /// A length is negative, or together they are not as many as there are pixels.
    case wrongSum(width: Int, height: Int)
    /// The string has a character that is not one of `0` to `o`.
    case unexpectedCharacter(position: Int)
    /// The string ends within a number, or a number has more than 64 bits.
    case brokenNumber(position: Int)

    /// What is wrong, and what would be right.
    public var description: String {
        switch self {
        case .impossibleSize(let width, let height):
            "There is no mask of \(width) × \(height). Give COCO's size as [height, width], both at least 1."
        case .wrongSum(let width, let height):
            "The run lengths do not add up to \(width) × \(height) pixels. Give COCO's size as [height, width]."
        case .unexpectedCharacter(let position):
            "Character \(position) of the run lengths is none that COCO uses. Send what pycocotools wrote, as it is."
        case .brokenNumber(let position):
            "The number that ends at character \(position) of the run lengths is broken. Send the whole string."
        }
    }
}
