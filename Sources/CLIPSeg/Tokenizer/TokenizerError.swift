/// What can go wrong when a tokenizer is loaded or a text is encoded.
public enum TokenizerError: Error, Equatable, CustomStringConvertible {
    /// A file the tokenizer needs does not exist.
    case missingFile(name: String, folder: String)
    /// A file is not what its name says: broken JSON, wrong types, contradictory entries.
    case malformedFile(name: String, reason: String)
    /// A merge takes or makes a token that the vocabulary does not have.
    case invalidMerge(number: Int, missingToken: String)
    /// The files describe a tokenizer, but not CLIP's; its ids would be wrong for a CLIP text encoder.
    case notCLIP(reason: String)
    /// The text has more tokens than the text encoder has positions, and truncation was not asked for.
    case textTooLong(tokenCount: Int, maxLength: Int)
    /// `maxLength` leaves no room for the start and end tokens.
    case invalidMaxLength(Int)

    /// A sentence for the user: what is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .missingFile(let name, let folder):
            "\(folder) has no \(name): a checkpoint needs tokenizer.json, or vocab.json with merges.txt. "
                + "Copy the tokenizer files there too."
        case .malformedFile(let name, let reason):
            "The tokenizer file \(name) is malformed: \(reason). Download or save the checkpoint again."
        case .invalidMerge(let number, let missingToken):
            "Merge \(number) needs the token “\(missingToken)”, which the vocabulary lacks. "
                + "Check that the vocabulary and the merges belong together."
        case .notCLIP(let reason):
            "This is not a CLIP tokenizer: \(reason). Use the tokenizer files that came with the CLIPSeg checkpoint."
        case .textTooLong(let tokenCount, let maxLength):
            "The text is \(tokenCount) tokens long and the model takes \(maxLength). Shorten it."
        case .invalidMaxLength(let maxLength):
            "A maximum length of \(maxLength) tokens is too small: the start and end tokens alone take 2."
        }
    }
}
