/// An input that the model can't take.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is nothing to compute with.
    case empty(String)
    /// A prompt has more tokens than the model has positions.
    case promptTooLong(tokens: Int, limit: Int)
    /// A token that the vocabulary does not know.
    case unknownToken(id: Int, vocabularySize: Int)
    /// An image smaller than one patch.
    case imageTooSmall(width: Int, height: Int, patchSize: Int)
    /// Numbers of things that must agree, do not.
    case mismatch(String)

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .empty(let what):
            "there is no \(what): give at least one"
        case .promptTooLong(let tokens, let limit):
            "the prompt has \(tokens) tokens, its start and end included, and the model takes \(limit): shorten it"
        case .unknownToken(let id, let vocabularySize):
            "the token \(id) is not in the vocabulary of \(vocabularySize): does the tokenizer belong to this model?"
        case .imageTooSmall(let width, let height, let patchSize):
            "the model would see \(width)×\(height) pixels, less than one of its patches of \(patchSize)×\(patchSize): give a "
                + "larger image"
        case .mismatch(let text): text
        }
    }
}
