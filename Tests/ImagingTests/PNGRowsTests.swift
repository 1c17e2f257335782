import Testing

@testable import Imaging

@Suite("Encoding PNG from rows")
struct PNGRowsTests {
    @Test("16 bits come back, scaled to 8", arguments: PNGEncoderTests.sizes)
    func sixteenBits(width: Int, height: Int) throws {
        let bytes = noise(width * height * 2, seed: 9)
        let values = (0..<width * height).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        let file = try PNGEncoder.encodeGreyscale16(width: width, height: height) { row, target in
            for column in 0..<width { target[column] = values[row * width + column] }
        }
        #expect(file[24] == 16 && file[25] == 0)
        let expected = values.flatMap { [UInt8](repeating: UInt8((Int($0) * 255 + 32_895) >> 16), count: 3) }
        #expect(try RGBImage(decoding: file).pixels == expected)
    }

    @Test(
        "palettes come back in their colours, with as few bits as will do",
        arguments: [(1, 1), (2, 1), (3, 2), (4, 2), (5, 4), (16, 4), (17, 8), (256, 8)])
    func indexed(colors: Int, bits: Int) throws {
        let palette = (0..<colors).map { RGBColor(red: UInt8($0), green: UInt8(255 - $0), blue: UInt8($0 / 2)) }
        let (width, height) = (37, 11)
        let labels = noise(width * height, seed: colors).map { UInt8(Int($0) % colors) }
        let file = try PNGEncoder.encodeIndexed(width: width, height: height, palette: palette) { row, target in
            for column in 0..<width { target[column] = labels[row * width + column] }
        }
        #expect(Int(file[24]) == bits && file[25] == 3)
        let expected = labels.flatMap { [palette[Int($0)].red, palette[Int($0)].green, palette[Int($0)].blue] }
        #expect(try RGBImage(decoding: file).pixels == expected)
    }

    @Test("a number without a palette entry is a mistake in the program")
    func beyondPalette() async {
        await #expect(processExitsWith: .failure) {
            _ = try PNGEncoder.encodeIndexed(width: 1, height: 1, palette: [RGBColor(red: 0, green: 0, blue: 0)]) {
                $1[0] = 1
            }
        }
    }

    @Test("impossible sides are refused", arguments: [(0, 1), (1, 0), (1, Int(Int32.max) + 1)])
    func impossible(width: Int, height: Int) {
        #expect(throws: PNGEncodingError.impossibleSize(width: width, height: height, bytes: 0)) {
            try PNGEncoder.encodeGreyscale16(width: width, height: height) { _, _ in }
        }
    }

    @Test("texts are written as tEXt if they are ASCII, else as iTXt, before the pixels")
    func texts() throws {
        let texts = [
            PNGText(keyword: "Description", text: "a cat"), PNGText(keyword: "Label 1", text: "Käse\nund Brot"),
            PNGText(keyword: "Label 2", text: ""),
        ]
        let file = try PNGEncoder.encodeMask(width: 2, height: 2, text: texts) { _, row in row.update(repeating: 0) }
        let chunks = chunks(of: file)
        #expect(chunks.map(\.name) == ["IHDR", "tEXt", "iTXt", "tEXt", "IDAT", "IEND"])
        #expect(chunks[1].bytes == Array("Description\0a cat".utf8))
        #expect(chunks[2].bytes == Array("Label 1\0\0\0\0\0Käse\nund Brot".utf8))
        #expect(chunks[3].bytes == Array("Label 2\0".utf8))
        #expect(try RGBImage(decoding: file).pixels.allSatisfy { $0 == 0 })
    }

    private func chunks(of file: [UInt8]) -> [(name: String, bytes: [UInt8])] {
        var chunks: [(String, [UInt8])] = []
        var position = 8
        while position + 12 <= file.count {
            let length = file[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let data = position + 8
            chunks.append(
                (String(decoding: file[position + 4..<data], as: UTF8.self), Array(file[data..<data + length])))
            position = data + length + 4
        }
        return chunks
    }

    @Test("hostile texts are made safe")
    func hostile() {
        func safe(_ text: String) -> String { PNGText(keyword: "Label", text: text).text }
        #expect(safe("a\0b\u{1B}[31m\r\n\u{85}c\t") == "a\u{FFFD}b\u{FFFD}[31m\u{FFFD}\n\u{FFFD}c\u{FFFD}")
        #expect(safe(String(repeating: "ä", count: 5000)) == String(repeating: "ä", count: 2048))
        #expect(safe(String(repeating: "x", count: 4095) + "ä").utf8.count == 4095)
        #expect(safe("👨‍👩‍👧 e\u{301}") == "👨‍👩‍👧 e\u{301}")
    }

    @Test("texts of very many combining marks take no time to speak of", .timeLimit(.minutes(5)))
    func combiningMarks() {
        let marks = "e" + String(repeating: "\u{301}", count: 1_000_000)
        #expect(PNGText(keyword: "Label", text: marks).text.utf8.count <= PNGText.maxBytes)
    }
}
