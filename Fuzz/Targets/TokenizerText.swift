import CLIPSeg
import Segmentation

extension FuzzTarget {
    /// A prompt. Its tokens stand between start and end, are the vocabulary's, and are those of its halves where it is cut
    /// at white space.
    static let tokenizerText = FuzzTarget(maxLength: 1024) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let ids = tokenizer.encode(text)
        require(ids.first == tokenizer.bosTokenID && ids.last == tokenizer.eosTokenID, "start and end")
        require(ids.allSatisfy { (0..<tokenizer.vocabularySize).contains($0) }, "ids of the vocabulary")
        _ = tokenizer.decode(ids)
        _ = tokenizer.decode(ids, skipSpecialTokens: true)
        _ = tokenizer.decode(bytes.map { Int($0) * 7 - 50 })

        let scalars = text.unicodeScalars
        let middle = scalars.index(scalars.startIndex, offsetBy: scalars.count / 2)
        if let space = scalars[middle...].firstIndex(of: " ") {
            let halves = [scalars[..<space], scalars[space...]].map { tokenizer.encode(String($0)) }
            require(ids == halves[0].dropLast() + halves[1].dropFirst(), "the tokens of its halves")
        }
        let cut = try? tokenizer.encode(text, maxLength: 16, truncation: true)
        require(cut == (ids.count <= 16 ? ids : ids.prefix(15) + [tokenizer.eosTokenID]), "the first, and the end")
        require(((try? tokenizer.encode(text, maxLength: 16)) == nil) == (ids.count > 16), "too long, or not")
    }

    private static let tokenizer = {
        guard let tokenizer = try? CLIPSegTokenizer(DemoModel.folder) else {
            fatalError("The demo model has no tokenizer")
        }
        return tokenizer
    }()
}
