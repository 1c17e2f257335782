/// Byte-pair encoding of single words (Sennrich et al., *Neural Machine Translation of Rare Words with Subword Units*,
/// 2016): a word starts as its bytes, the last one marked with `</w>`, and adjacent symbols merge, best rank first.
struct BytePairEncoder: Sendable {
    static let endOfWordSuffix = "</w>"

    private struct Merge {
        let rank: UInt32
        let mergedID: UInt32
    }

    private struct Symbol {
        var id: UInt32
        var previous: Int
        var next: Int
        var isMergedAway = false
    }

    private let byteIDs: [UInt32]
    private let finalByteIDs: [UInt32]
    private let merges: [UInt64: Merge]

    /// - Parameters:
    ///   - vocabulary: token to id.
    ///   - merges: the best rank first.
    ///   - unknownTokenID: the id of bytes that the vocabulary lacks.
    /// - Throws: `TokenizerError` for merges of tokens that do not exist, or a vocabulary without end-of-word tokens.
    init(vocabulary: [String: Int], merges rules: [MergeRule], unknownTokenID: Int) throws {
        let characters = ByteLevelAlphabet.characters.map { String($0) }
        guard characters.contains(where: { vocabulary[$0 + Self.endOfWordSuffix] != nil }) else {
            throw TokenizerError.notCLIP(
                reason: "no single character of the vocabulary ends with \(Self.endOfWordSuffix)")
        }
        byteIDs = characters.map { UInt32(vocabulary[$0] ?? unknownTokenID) }
        finalByteIDs = characters.map { UInt32(vocabulary[$0 + Self.endOfWordSuffix] ?? unknownTokenID) }

        var merges: [UInt64: Merge] = [:]
        merges.reserveCapacity(rules.count)
        for (rank, rule) in rules.enumerated() {
            func id(_ token: String) throws -> UInt32 {
                guard let id = vocabulary[token] else {
                    throw TokenizerError.invalidMerge(number: rank + 1, missingToken: token)
                }
                return UInt32(id)
            }
            let pair = try Self.pair(id(rule.left), id(rule.right))
            merges[pair] = try Merge(rank: UInt32(rank), mergedID: id(rule.left + rule.right))
        }
        self.merges = merges
    }

    /// Appends the tokens of one word, given as its Unicode scalars.
    func appendTokens(of word: ArraySlice<Unicode.Scalar>, to ids: inout [Int]) {
        var symbols = symbols(of: word)
        mergeAll(&symbols)
        for symbol in symbols where !symbol.isMergedAway {
            ids.append(Int(symbol.id))
        }
    }

    private func symbols(of word: ArraySlice<Unicode.Scalar>) -> [Symbol] {
        var symbols: [Symbol] = []
        symbols.reserveCapacity(word.count)
        var lastByte: UInt8 = 0
        for scalar in word {
            for byte in UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter {
                symbols.append(
                    Symbol(id: byteIDs[Int(byte)], previous: symbols.count - 1, next: symbols.count + 1))
                lastByte = byte
            }
        }
        if let last = symbols.indices.last {
            symbols[last].id = finalByteIDs[Int(lastByte)]
        }
        return symbols
    }

    /// Merges until no rule applies, in O(n log n): symbols are a linked list, candidate merges a priority queue.
    private func mergeAll(_ symbols: inout [Symbol]) {
        var queue = MergeQueue()
        for position in symbols.indices.dropLast() {
            enqueue(position, in: symbols, to: &queue)
        }
        while let candidate = queue.popFirst() {
            let position = candidate.position
            let next = symbols[position].next
            // A candidate is stale once either symbol has merged with another neighbour.
            guard
                !symbols[position].isMergedAway, next < symbols.count,
                merge(at: position, in: symbols)?.mergedID == candidate.mergedID
            else { continue }

            symbols[position].id = candidate.mergedID
            symbols[position].next = symbols[next].next
            symbols[next].isMergedAway = true
            if symbols[position].next < symbols.count {
                symbols[symbols[position].next].previous = position
                enqueue(position, in: symbols, to: &queue)
            }
            if symbols[position].previous >= 0 {
                enqueue(symbols[position].previous, in: symbols, to: &queue)
            }
        }
    }

    private func enqueue(_ position: Int, in symbols: [Symbol], to queue: inout MergeQueue) {
        if let merge = merge(at: position, in: symbols) {
            queue.insert(MergeQueue.Candidate(rank: merge.rank, position: position, mergedID: merge.mergedID))
        }
    }

    /// The rule for the symbol at `position` and its right neighbour, which must exist.
    private func merge(at position: Int, in symbols: [Symbol]) -> Merge? {
        merges[Self.pair(symbols[position].id, symbols[symbols[position].next].id)]
    }

    private static func pair(_ left: UInt32, _ right: UInt32) -> UInt64 {
        UInt64(left) << 32 | UInt64(right)
    }
}
