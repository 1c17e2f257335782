import Testing

@testable import Segmentation

@Suite struct OutputPathTests {
    @Test("Paths below the folder are taken", arguments: ["a.png", "a/b/c.png", "a b/ä…🎈", "a..b/c...png", "C:\\x"])
    func inside(path: String) throws {
        #expect(try OutputPath(path).text == path)
    }

    @Test(
        "All others are refused",
        arguments: [
            "", "/", "/a", "a/", "a//b", ".", "..", "../a", "a/../b", "a/..", "./a", "a/./b", ".partial/1", "a/.b",
            "a\0b", "a\nb", "\u{1B}[2J", "a\u{7F}", "manifest.jsonl", "x/Manifest.JSONL",
            String(repeating: "a", count: 256), String(repeating: "a/", count: 512) + "b",
        ])
    func outside(path: String) {
        #expect(throws: OutputPath.Problem.self) { try OutputPath(path) }
    }

    @Test(
        "An answer is named after its image",
        arguments: [
            ("a.jpg", OutputKind.mask, "a.png"), ("x.y/a.b.jpeg", .probability, "x.y/a.b.png"),
            ("x.y/plain", .mask, "x.y/plain.png"), ("a.png", .logits, "a.npy"), ("/data/photos/a.jpg", .mask, "a.png"),
            ("../photos/a.jpg", .mask, "a.png"), ("photos/../../a.jpg", .mask, "a.png"),
            ("./photos/a.JPG", .mask, "a.png"),
        ])
    func names(image: String, kind: OutputKind, expected: String) throws {
        #expect(try OutputPath(for: image, extension: kind.fileExtension).text == expected)
    }

    @Test("Names that look alike are different files")
    func lookalikes() throws {
        #expect(try OutputPath("\u{E9}.png") != OutputPath("e\u{301}.png"))
    }

    // The values are those of the reference at http://www.isthe.com/chongo/tech/comp/fnv/.
    @Test("The hash is FNV-1a", arguments: [("a", 0xAF63_DC4C_8601_EC8C), ("foobar", 0x8594_4171_F739_67E8 as UInt64)])
    func hash(path: String, expected: UInt64) throws {
        #expect(try OutputPath(path).stableHash == expected)
    }

    @Test("Every image belongs to exactly one part", arguments: [1, 2, 3, 7])
    func shards(count: Int) throws {
        let parts = (0..<count).compactMap { BatchShard("\($0)/\(count)") }
        #expect(parts.count == count)
        for number in 0..<200 {
            let output = try OutputPath("scene-\(number).png")
            #expect(parts.count(where: { $0.holds(output) }) == 1)
        }
        #expect(Set(parts.map(\.manifestName)).count == count)
    }

    @Test(
        "What is no part is refused",
        arguments: ["", "1", "1/1", "-1/2", "0/0", "2/2", "0/65537", "0/2/3", "a/b", " 0/2"])
    func noShards(text: String) {
        #expect(BatchShard(text) == nil)
    }
}
