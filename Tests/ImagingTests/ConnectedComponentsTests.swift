import Testing

@testable import Imaging

@Suite("Connected components")
struct ConnectedComponentsTests {
    @Test("are SciPy's, in its order", arguments: MaskReference.all)
    func components(row: MaskReference) {
        for (connectivity, expected) in [(ConnectedComponents.Connectivity.four, row.four), (.eight, row.eight)] {
            let components = ConnectedComponents(of: row.mask, connectivity: connectivity)
            #expect(components.count == expected.count)
            let numbers = Array(expected.areas.indices)
            let regions = components.statistics(of: numbers)
            #expect(components.areas.prefix(numbers.count) == expected.areas[...])
            #expect(regions.map { [$0.box.x, $0.box.y, $0.box.width, $0.box.height] } == expected.boxes)
            for (region, centroid) in zip(regions, expected.centroids) {
                #expect(abs(region.centroidX - centroid[0]) < 1e-8)
                #expect(abs(region.centroidY - centroid[1]) < 1e-8)
            }
        }
    }

    @Test("part the mask", arguments: BinaryMask.assorted)
    func partition(mask: BinaryMask) {
        for connectivity in [ConnectedComponents.Connectivity.four, .eight] {
            let components = ConnectedComponents(of: mask, connectivity: connectivity)
            #expect(components.areas.reduce(0, +) == mask.area)
            #expect(components.mask { _ in true } == mask)
            #expect(components.mask { $0.isMultiple(of: 2) }.union(components.mask { !$0.isMultiple(of: 2) }) == mask)
        }
    }

    @Test("come largest first, of equals the one met first")
    func largest() {
        let components = ConnectedComponents(of: BinaryMask("#.##", "....", "##.#"))
        #expect(components.areas == [1, 2, 2, 1])
        #expect(components.largest(3) == [1, 2, 0])
        #expect(components.largest(9) == [1, 2, 0, 3])
    }

    @Test("have statistics in the order asked for")
    func statistics() {
        let mask = BinaryMask("#.##")
        let values = FloatPlane(width: 4, height: 1, values: [0.25, 1, 0.5, 0.75])
        let regions = ConnectedComponents(of: mask).statistics(of: [1, 0], values: values)
        #expect(regions.map(\.area) == [2, 1])
        #expect(regions.map(\.mean) == [0.625, 0.25])
        #expect(regions.map(\.peak) == [0.75, 0.25])
    }

    @Test("of a spiral and of a comb are one", arguments: [true, false])
    func longWays(isSpiral: Bool) {
        let side = 61
        var values = [UInt8](repeating: 0, count: side * side)
        for pixel in values.indices {
            let (x, y) = (pixel % side, pixel / side)
            let ring = min(x, y, side - 1 - x, side - 1 - y)
            values[pixel] =
                isSpiral ? UInt8(ring.isMultiple(of: 2) ? 1 : 0) : UInt8(x.isMultiple(of: 2) || y == side - 1 ? 1 : 0)
            // A way from each ring to the next.
            if isSpiral, y == side / 2, x < side / 2 { values[pixel] = 1 }
        }
        let mask = BinaryMask(width: side, height: side, values: values)
        #expect(ConnectedComponents(of: mask, connectivity: .four).count == 1)
    }

    @Test("too small for it are removed", arguments: MaskReference.all)
    func small(row: MaskReference) {
        #expect(sha256(row.mask.removingComponents(smallerThan: 5).values) == row.withoutSmall)
        #expect(row.mask.removingComponents(smallerThan: 1) == row.mask)
        #expect(row.mask.removingComponents(smallerThan: .max).isEmpty)
    }

    @Test("can be cut down to the largest")
    func largestOnly() {
        #expect(BinaryMask("##.#", "...#", "#..#").largestComponent() == BinaryMask("...#", "...#", "...#"))
        #expect(BinaryMask("#.#").largestComponent() == BinaryMask("#.."))
        #expect(BinaryMask("...").largestComponent() == BinaryMask("..."))
        #expect(BinaryMask("#.", ".#").largestComponent() == BinaryMask("#.", ".#"))
        #expect(BinaryMask("#.", ".#").largestComponent(connectivity: .four) == BinaryMask("#.", ".."))
    }

    @Test("have their holes filled as SciPy does", arguments: MaskReference.all)
    func holes(row: MaskReference) {
        #expect(sha256(row.mask.fillingHoles().values) == row.filled)
        #expect(sha256(row.mask.fillingHoles(connectivity: .four).values) == row.filledFour)
    }

    @Test("keep holes that are larger than those to fill")
    func largeHoles() {
        let mask = BinaryMask("#######", "#.#..##", "#######")
        #expect(mask.fillingHoles(upTo: 1) == BinaryMask("#######", "###..##", "#######"))
        #expect(mask.fillingHoles() == BinaryMask("#######", "#######", "#######"))
    }

    @Test("stay filled, and have no holes left", arguments: BinaryMask.assorted)
    func filledTwice(mask: BinaryMask) {
        let filled = mask.fillingHoles()
        #expect(filled.fillingHoles() == filled)
        #expect(filled.intersection(mask) == mask)
    }
}
