/// CLIP's tokenizer: lower-cased byte-level byte-pair encoding (Radford et al., *Learning Transferable Visual Models
/// From Natural Language Supervision*, 2021, section 2.4).
///
/// Equal, id for id, to `CLIPTokenizer` of Hugging Face transformers on any Unicode text, special tokens written in the
/// text included.
public struct CLIPSegTokenizer: Sendable {
    /// The id of `<|startoftext|>`, the first of every encoded text.
    public let bosTokenID: Int
    /// The id of `<|endoftext|>`, the last of every encoded text, at which the text encoder pools.
    public let eosTokenID: Int
    /// The number of tokens, added ones included.
    public let vocabularySize: Int
    /// The largest id of any token; the text encoder's embedding table must reach that far.
    public let largestTokenID: Int

    private let addedTokens: AddedVocabulary
    private let bytePairEncoder: BytePairEncoder
    private let tokenDecoder: TokenDecoder

    /// Loads the tokenizer of a checkpoint folder as `save_pretrained` writes it.
    ///
    /// Reads `tokenizer.json` if the folder has one, else `vocab.json` and `merges.txt`; the flags of special tokens in
    /// `tokenizer_config.json` and `special_tokens_map.json` are honoured.
    ///
    /// - Throws: `TokenizerError` when a file is missing, malformed, or not a CLIP tokenizer's; `CheckpointError` when
    ///   one cannot be read.
    public init(_ folder: CheckpointFolder) throws {
        try self.init(TokenizerDefinition(folder))
    }

    /// Loads a tokenizer from the contents of its two legacy files.
    ///
    /// - Parameters:
    ///   - vocabulary: the bytes of `vocab.json`, an object from token to id.
    ///   - merges: the bytes of `merges.txt`, one merge a line, the most frequent first.
    /// - Throws: `TokenizerError` when either is malformed or not a CLIP tokenizer's.
    public init(vocabulary: [UInt8], merges: [UInt8]) throws {
        try self.init(TokenizerDefinition(vocabulary: vocabulary, merges: merges))
    }

    /// Loads a tokenizer from the contents of a `tokenizer.json` of the Hugging Face tokenizers library.
    ///
    /// - Parameter tokenizerJSON: the bytes of the file.
    /// - Throws: `TokenizerError` when it is malformed or describes another kind of tokenizer.
    public init(tokenizerJSON: [UInt8]) throws {
        try self.init(TokenizerDefinition(tokenizerJSON: tokenizerJSON))
    }

    private init(_ definition: TokenizerDefinition) throws {
        let addedTokens = AddedVocabulary(definition.addedTokens, vocabulary: definition.vocabulary)
        guard
            let bosTokenID = addedTokens.id(of: SpecialToken.startOfText),
            let eosTokenID = addedTokens.id(of: SpecialToken.endOfText)
        else {
            throw TokenizerError.notCLIP(
                reason: "the vocabulary lacks \(SpecialToken.startOfText) or \(SpecialToken.endOfText)")
        }
        self.bosTokenID = bosTokenID
        self.eosTokenID = eosTokenID
        self.largestTokenID = max(definition.vocabulary.values.max() ?? 0, addedTokens.largestID)
        self.vocabularySize = definition.vocabulary.count + addedTokens.newTokenCount
        self.bytePairEncoder = try BytePairEncoder(
            vocabulary: definition.vocabulary, merges: definition.merges, unknownTokenID: eosTokenID)
        self.tokenDecoder = TokenDecoder(vocabulary: definition.vocabulary, addedTokens: addedTokens)
        self.addedTokens = addedTokens
    }

    /// The token ids of `text` between the start and end tokens, neither padded nor truncated.
    public func encode(_ text: String) -> [Int] {
        var ids = [bosTokenID]
        for section in addedTokens.sections(ofRawText: Array(text.unicodeScalars)[...]) {
            switch section {
            case .addedToken(let id): ids.append(id)
            case .text(let raw): appendTokens(ofNormalizedText: TextNormalization.normalize(raw), to: &ids)
            }
        }
        ids.append(eosTokenID)
        return ids
    }

    /// The token ids of `text`, at most `maxLength` of them.
    ///
    /// - Parameters:
    ///   - text: any text.
    ///   - maxLength: the number of positions of the text encoder, start and end tokens included.
    ///   - truncation: whether to keep the first `maxLength - 2` tokens of a longer text, between the start and end
    ///     tokens, rather than throw.
    /// - Throws: `TokenizerError.textTooLong`, or `TokenizerError.invalidMaxLength` when `maxLength` is below 2.
    public func encode(_ text: String, maxLength: Int, truncation: Bool = false) throws -> [Int] {
        guard maxLength >= 2 else { throw TokenizerError.invalidMaxLength(maxLength) }
        let ids = encode(text)
        if ids.count <= maxLength { return ids }
        guard truncation else { throw TokenizerError.textTooLong(tokenCount: ids.count, maxLength: maxLength) }
        return ids.prefix(maxLength - 1) + [eosTokenID]
    }

    /// The text of `ids`, lower-cased and with single spaces between words; ids outside the vocabulary are left out.
    ///
    /// - Parameters:
    ///   - ids: token ids.
    ///   - skipSpecialTokens: whether to leave out `<|startoftext|>`, `<|endoftext|>` and other special tokens.
    public func decode(_ ids: [Int], skipSpecialTokens: Bool = false) -> String {
        tokenDecoder.decode(ids, skipSpecialTokens: skipSpecialTokens)
    }

    /// Each id's token as the vocabulary spells it, the end of a word as `</w>`; `CLIPTokenizer`'s
    /// `convert_ids_to_tokens`. Ids outside the vocabulary are left out.
    public func tokens(of ids: [Int]) -> [String] { tokenDecoder.tokens(of: ids) }

    private func appendTokens(ofNormalizedText normalized: [Unicode.Scalar], to ids: inout [Int]) {
        for section in addedTokens.sections(ofNormalizedText: normalized[...]) {
            switch section {
            case .addedToken(let id):
                ids.append(id)
            case .text(let scalars):
                for word in CLIPSplitPattern.words(in: scalars) {
                    bytePairEncoder.appendTokens(of: word, to: &ids)
                }
            }
        }
    }
}
