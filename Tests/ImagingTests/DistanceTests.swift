import Testing

@testable import Imaging

@Suite("Growing, shrinking and feathering masks")
struct DistanceTests {
    @Test("grows by SciPy's distances", arguments: MaskReference.all)
    func grows(row: MaskReference) {
        #expect(MaskReference.radii.map { sha256(row.mask.grown(by: $0).values) } == row.grown)
    }

    @Test("shrinks by SciPy's distances", arguments: MaskReference.all)
    func shrinks(row: MaskReference) {
        #expect(MaskReference.radii.map { sha256(row.mask.shrunk(by: $0).values) } == row.shrunk)
    }

    @Test("feathers by SciPy's distances, but for rounding", arguments: MaskReference.all)
    func feathers(row: MaskReference) throws {
        for (radius, expected) in zip(MaskReference.feathers, row.feathered) where !expected.isEmpty {
            let soft = row.mask.feathered(by: radius)
            let bytes = try bytes(ofHex: expected)
            #expect(soft.pixels.count == bytes.count)
            for (value, byte) in zip(soft.pixels, bytes) { #expect(abs(Int(value) - Int(byte)) <= 1) }
        }
    }

    @Test("grows a point to a disc")
    func disc() {
        let point = BinaryMask(".....", ".....", "..#..", ".....", ".....")
        #expect(point.grown(by: 1) == BinaryMask(".....", "..#..", ".###.", "..#..", "....."))
        #expect(point.grown(by: 1.5) == BinaryMask(".....", ".###.", ".###.", ".###.", "....."))
        #expect(point.grown(by: 2) == BinaryMask("..#..", ".###.", "#####", ".###.", "..#.."))
    }

    @Test("agrees with every distance measured", arguments: BinaryMask.assorted.prefix(24))
    func bruteForce(mask: BinaryMask) throws {
        guard let transform = DistanceTransform(of: mask, to: 1) else {
            #expect(mask.isEmpty)
            return
        }
        let inside = mask.values.indices.filter { mask.values[$0] == 1 }
        var squares = [Int](repeating: 0, count: mask.width)
        var scratch = DistanceTransform.Scratch(width: mask.width)
        for row in 0..<mask.height {
            squares.withUnsafeMutableBufferPointer { transform.write(row, into: $0, scratch: &scratch) }
            for column in 0..<mask.width {
                let nearest = inside.map { pixel in
                    let (x, y) = (pixel % mask.width - column, pixel / mask.width - row)
                    return x * x + y * y
                }.min()
                #expect(squares[column] == nearest)
            }
        }
    }

    @Test("growing what is outside is shrinking", arguments: BinaryMask.assorted)
    func duality(mask: BinaryMask) {
        for radius in [0, 1, 2.3, 9] {
            #expect(mask.inverted.grown(by: radius).inverted == mask.shrunk(by: radius))
        }
        #expect(mask.grown(by: 0) == mask)
        #expect(mask.grown(by: .infinity) == (mask.isEmpty ? mask : mask.union(mask.inverted)))
    }

    @Test("a feathered edge is halfway at the edge, and as wide as asked for")
    func ramp() {
        let half = BinaryMask("....####")
        #expect(half.feathered(by: 2).pixels == [0, 0, 32, 96, 159, 223, 255, 255])
        #expect(half.feathered(by: 0).pixels == [0, 0, 0, 0, 255, 255, 255, 255])
        #expect(BinaryMask("##").feathered(by: 3).pixels == [255, 255])
        #expect(BinaryMask("..").feathered(by: 3).pixels == [0, 0])
    }

    @Test("a feathered mask and its inverse's sum up to opaque", arguments: BinaryMask.assorted)
    func complement(mask: BinaryMask) {
        for (one, other) in zip(mask.feathered(by: 2.5).pixels, mask.inverted.feathered(by: 2.5).pixels) {
            #expect(abs(Int(one) + Int(other) - 255) <= 1)
        }
    }
}

func bytes(ofHex hex: String) throws -> [UInt8] {
    let digits = Array(hex.utf8)
    return try stride(from: 0, to: digits.count, by: 2).map { index in
        try #require(UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16))
    }
}
