/// Finds values in the text of a JSON object, to change them and nothing else.
struct TopLevelStrings {
    private let json: [UInt8]
    private var position = 0

    init(_ json: [UInt8]) {
        self.json = json
    }

    /// Where the text of the first of `keys` stands, without its quotes; nil if there is none, or it is no text.
    mutating func value(of keys: Set<String>) -> Range<Int>? {
        var depth = 0
        while position < json.count {
            switch json[position] {
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: "\""):
                guard let name = text() else { return nil }
                skipBlanks()
                let isKey = depth == 1 && byte == UInt8(ascii: ":")
                guard isKey, keys.contains(String(decoding: json[name], as: UTF8.self)) else { continue }
                position += 1
                skipBlanks()
                guard byte == UInt8(ascii: "\"") else { continue }
                return text()
            default: break
            }
            position += 1
        }
        return nil
    }

    private var byte: UInt8? { position < json.count ? json[position] : nil }

    private mutating func skipBlanks() {
        while let byte, [0x20, 0x09, 0x0A, 0x0D].contains(byte) { position += 1 }
    }

    /// What is between the quote at `position` and the next one, behind which it moves.
    private mutating func text() -> Range<Int>? {
        position += 1
        let start = position
        while let byte, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
        guard byte != nil else { return nil }
        position += 1
        return start..<position - 1
    }
}
