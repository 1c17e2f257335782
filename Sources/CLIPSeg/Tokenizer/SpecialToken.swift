/// The spellings of CLIP's special tokens.
enum SpecialToken {
    static let startOfText = "<|startoftext|>"
    static let endOfText = "<|endoftext|>"
}
