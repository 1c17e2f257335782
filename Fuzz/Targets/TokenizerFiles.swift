@testable import CLIPSeg

extension FuzzTarget {
    /// The files of a tokenizer, a NUL between them: `tokenizer.json`, or `vocab.json` and `merges.txt`; then perhaps
    /// `tokenizer_config.json` and `special_tokens_map.json`.
    ///
    /// A tokenizer that loads can encode and decode.
    static let tokenizerFiles = FuzzTarget(maxLength: 4096) { bytes in
        let sections = bytes.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        guard let names = names[sections.count] else { return }
        withFolder(Dictionary(uniqueKeysWithValues: zip(names, sections))) { folder in
            let tokenizer: CLIPSegTokenizer
            do {
                tokenizer = try CLIPSegTokenizer(folder)
            } catch {
                require(error is TokenizerError, "an error that says what to do")
                return
            }
            for text in ["", "a ba ab\u{E9}", "<|startoftext|>it's  AB<|endoftext|>", "<a> 12\u{301} \u{1F600}"] {
                let ids = tokenizer.encode(text)
                require(ids.first == tokenizer.bosTokenID && ids.last == tokenizer.eosTokenID, "start and end")
                _ = tokenizer.decode(ids)
                _ = tokenizer.decode(ids, skipSpecialTokens: true)
            }
            _ = tokenizer.decode([-1, 0, 1, 2, 3, tokenizer.vocabularySize, .max])
        }
    }

    private static let names = [
        1: ["tokenizer.json"],
        2: ["vocab.json", "merges.txt"],
        3: ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json"],
        4: ["vocab.json", "merges.txt", "tokenizer_config.json", "special_tokens_map.json"],
    ]

    /// Calls `body` with a folder of files that exist only so long.
    private static func withFolder(_ files: [String: [UInt8]], _ body: (CheckpointFolder) -> Void) {
        let copies = files.mapValues { bytes in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 1)
            copy.copyBytes(from: bytes)
            return copy
        }
        defer { for copy in copies.values { copy.deallocate() } }
        let embedded = copies.map { ($0, FileBytes(name: $0, embedded: UnsafeRawBufferPointer($1))) }
        body(CheckpointFolder(name: "fuzz", embedded: Dictionary(uniqueKeysWithValues: embedded)))
    }
}
