import Testing

@testable import Imaging

@Suite("COCO's run lengths")
struct RunLengthTests {
    @Test("are those of pycocotools", arguments: MaskReference.all)
    func reference(row: MaskReference) throws {
        let encoding = RunLengthEncoding(row.mask)
        #expect(encoding.counts == row.runLengths)
        #expect(encoding.string == row.runLengthString)
        #expect(encoding.area == row.runLengthArea)
        let read = try RunLengthEncoding(width: row.width, height: row.height, string: row.runLengthString)
        #expect(read == encoding)
        #expect(read.mask == row.mask)
    }

    @Test("bring the mask back", arguments: BinaryMask.assorted)
    func roundTrip(mask: BinaryMask) throws {
        let encoding = RunLengthEncoding(mask)
        #expect(encoding.mask == mask)
        #expect(encoding.area == mask.area)
        #expect(try RunLengthEncoding(width: mask.width, height: mask.height, counts: encoding.counts) == encoding)
        #expect(try RunLengthEncoding(width: mask.width, height: mask.height, string: encoding.string) == encoding)
    }

    @Test(
        "with zeros between them mean the same",
        arguments: [[2, 0, 1, 3], [0, 0, 3, 3], [3, 1, 0, 2], [3, 3, 0, 0]])
    func zeros(counts: [Int]) throws {
        let encoding = try RunLengthEncoding(width: 3, height: 2, counts: counts)
        #expect(encoding.counts == [3, 3])
        #expect(encoding == RunLengthEncoding(encoding.mask))
    }

    @Test(
        "that are no mask's are refused",
        arguments: [
            ([5], RunLengthError.wrongSum(width: 3, height: 2)), ([7], .wrongSum(width: 3, height: 2)),
            ([], .wrongSum(width: 3, height: 2)), ([-1, 7], .wrongSum(width: 3, height: 2)),
            ([Int.max, Int.max], .wrongSum(width: 3, height: 2)),
        ])
    func wrongCounts(counts: [Int], expected: RunLengthError) {
        #expect(throws: expected) { try RunLengthEncoding(width: 3, height: 2, counts: counts) }
        #expect(expected.description.contains("3 × 2"))
    }

    @Test("of no size are refused", arguments: [(0, 4), (4, 0), (-2, -2), (Int.max, 2)])
    func wrongSize(width: Int, height: Int) {
        let expected = RunLengthError.impossibleSize(width: width, height: height)
        #expect(throws: expected) { try RunLengthEncoding(width: width, height: height, counts: [4]) }
        #expect(throws: expected) { try RunLengthEncoding(width: width, height: height, string: "4") }
    }

    @Test(
        "in a broken string are refused",
        arguments: [
            ("3p", RunLengthError.unexpectedCharacter(position: 2)), ("/", .unexpectedCharacter(position: 1)),
            ("3é", .unexpectedCharacter(position: 2)), ("33P", .brokenNumber(position: 3)),
            ("ooooooooooooooo", .brokenNumber(position: 13)), ("O6", .wrongSum(width: 3, height: 2)),
            ("", .wrongSum(width: 3, height: 2)),
        ])
    func brokenStrings(string: String, expected: RunLengthError) {
        #expect(throws: expected) { try RunLengthEncoding(width: 3, height: 2, string: string) }
        #expect(!expected.description.isEmpty)
    }
}
