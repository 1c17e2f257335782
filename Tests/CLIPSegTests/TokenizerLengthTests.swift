import Testing

@testable import CLIPSeg

@Suite("The tokenizer minds the length of a text")
struct TokenizerLengthTests {
    let tokenizer: CLIPSegTokenizer

    init() throws {
        tokenizer = try TokenizerFixtures.tokenizer()
    }

    @Test("and leaves a text alone that just fits")
    func keepsWhatFits() throws {
        let ids = tokenizer.encode("a b c d")
        #expect(ids.count == 6)
        #expect(try tokenizer.encode("a b c d", maxLength: 6) == ids)
        #expect(try tokenizer.encode("a b c d", maxLength: 6, truncation: true) == ids)
    }

    @Test("and refuses one token more, saying how many there are")
    func refusesWhatIsTooLong() {
        let error = #expect(throws: TokenizerError.self) { try tokenizer.encode("a b c d", maxLength: 5) }
        #expect(error == .textTooLong(tokenCount: 6, maxLength: 5))
        #expect(error?.description.contains("6 tokens long and the model takes 5") == true)
    }

    @Test("and truncates on request, keeping the end token", arguments: 2...5)
    func truncates(maxLength: Int) throws {
        let ids = try tokenizer.encode("a b c d", maxLength: maxLength, truncation: true)
        #expect(ids == tokenizer.encode("a b c d").prefix(maxLength - 1) + [tokenizer.eosTokenID])
    }

    @Test("and refuses a limit without room for the start and end tokens", arguments: [Int.min, -1, 0, 1])
    func refusesTinyLimits(maxLength: Int) {
        #expect(throws: TokenizerError.invalidMaxLength(maxLength)) {
            try tokenizer.encode("", maxLength: maxLength, truncation: true)
        }
    }

    @Test("and takes no more than a moment for a very long word", .timeLimit(.minutes(5)))
    func encodesVeryLongWords() {
        let letters = String(repeating: "abcdefghijklmnop", count: 2000)
        #expect(tokenizer.decode(tokenizer.encode(letters), skipSpecialTokens: true) == letters)
        let sameLetter = String(repeating: "a", count: 20_000)
        #expect(tokenizer.decode(tokenizer.encode(sameLetter), skipSpecialTokens: true) == sameLetter)
    }

    @Test("and takes no more than a moment for a tower of combining marks", .timeLimit(.minutes(5)))
    func encodesTowersOfMarks() {
        let tower = "e" + String(repeating: "\u{301}\u{323}", count: 20_000)
        let text = tokenizer.decode(tokenizer.encode(tower), skipSpecialTokens: true)
        let below = String(repeating: "\u{323}", count: 19_999)
        let above = String(repeating: "\u{301}", count: 20_000)
        #expect(text.unicodeScalars.elementsEqual("\u{1EB9} \(below)\(above)".unicodeScalars))
    }
}
