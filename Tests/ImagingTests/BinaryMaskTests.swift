import Testing

@testable import Imaging

@Suite("Masks")
struct BinaryMaskTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(MaskReference.all.count > 15)
    }

    @Test("are where a plane reaches the threshold, which no NaN does")
    func threshold() {
        let plane = FloatPlane(width: 5, height: 1, values: [0.49, 0.5, .nan, .infinity, -.infinity])
        #expect(BinaryMask(plane, threshold: 0.5).values == [0, 1, 0, 1, 0])
        #expect(BinaryMask(plane, threshold: -.infinity).values == [1, 1, 0, 1, 1])
    }

    @Test("are where a picture of one is at least half as bright as white")
    func picture() {
        let picture = RGBImage(width: 4, height: 1, pixels: [127, 127, 127, 128, 128, 128, 255, 0, 0, 0, 255, 0])
        #expect(BinaryMask(picture).values == [0, 1, 0, 1])
    }

    @Test("hold ones and zeros, whatever they are made of")
    func normalized() {
        let mask = BinaryMask(width: 3, height: 1, values: [0, 255, 7])
        #expect(mask.values == [0, 1, 1])
        #expect(mask.area == 2)
        #expect(!mask.isEmpty)
        #expect(GreyImage(mask).pixels == [0, 255, 255])
    }

    @Test("combine as sets do")
    func combinations() {
        let (one, other) = (BinaryMask("##.."), BinaryMask("#.#."))
        #expect(one.union(other) == BinaryMask("###."))
        #expect(one.intersection(other) == BinaryMask("#..."))
        #expect(one.subtracting(other) == BinaryMask(".#.."))
        #expect(one.inverted == BinaryMask("..##"))
    }

    @Test("combine by De Morgan's laws", arguments: BinaryMask.assorted)
    func deMorgan(mask: BinaryMask) {
        let other = BinaryMask.drawn(width: mask.width, height: mask.height, seed: 99, spread: 1, level: 125)
        #expect(mask.union(other).inverted == mask.inverted.intersection(other.inverted))
        #expect(mask.subtracting(other) == mask.intersection(other.inverted))
        #expect(mask.area + mask.inverted.area == mask.width * mask.height)
    }

    @Test("have the area, box, centroid, mean and peak that they look to have")
    func statistics() throws {
        let mask = BinaryMask("......", "..##..", "...#..")
        let values = FloatPlane(width: 6, height: 3, values: (0..<18).map { Float($0) / 32 })
        let statistics = try #require(mask.statistics(values: values))
        #expect(statistics.area == 3)
        #expect(statistics.box == PixelBox(x: 2, y: 1, width: 2, height: 2))
        #expect(statistics.centroidX == 8.0 / 3)
        #expect(statistics.centroidY == 4.0 / 3)
        // The values 8, 9 and 15 of 32.
        #expect(statistics.mean == 1.0 / 3)
        #expect(statistics.peak == 0.46875)
        #expect(mask.statistics()?.mean == nil)
        #expect(BinaryMask("...").statistics() == nil)
    }
}
