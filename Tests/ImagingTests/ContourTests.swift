import Testing

@testable import Imaging

@Suite("Contours")
struct ContourTests {
    /// The mask that contours enclose, by the even-odd rule at the centres of pixels: each vertical edge that is passed
    /// changes sides.
    private func filled(_ contours: [Contour], width: Int, height: Int) -> BinaryMask {
        var flips = [UInt8](repeating: 0, count: (width + 1) * height)
        for contour in contours {
            var previous = contour.points[contour.points.count - 1]
            for point in contour.points {
                if point.x == previous.x {
                    for row in min(point.y, previous.y)..<max(point.y, previous.y) {
                        flips[row * (width + 1) + point.x] ^= 1
                    }
                }
                previous = point
            }
        }
        var values: [UInt8] = []
        for row in 0..<height {
            var side: UInt8 = 0
            for column in 0..<width {
                side ^= flips[row * (width + 1) + column]
                values.append(side)
            }
        }
        return BinaryMask(width: width, height: height, values: values)
    }

    @Test("filled are the mask again", arguments: BinaryMask.assorted)
    func roundTrip(mask: BinaryMask) throws {
        let contours = try mask.contours()
        #expect(filled(contours, width: mask.width, height: mask.height) == mask)
        #expect(contours.reduce(0) { $0 + $1.doubledSignedArea } == 2 * mask.area)
    }

    @Test("turn at each point, by a right angle", arguments: BinaryMask.assorted)
    func corners(mask: BinaryMask) throws {
        for contour in try mask.contours() {
            let points = contour.points
            for index in points.indices {
                let (before, here, after) = (
                    points[index], points[(index + 1) % points.count], points[(index + 2) % points.count]
                )
                #expect((before.x == here.x) != (before.y == here.y))
                #expect((before.x == here.x) != (here.x == after.x))
            }
        }
    }

    @Test("are one for each component and one for each hole", arguments: MaskReference.all)
    func numbers(row: MaskReference) throws {
        let contours = try row.mask.contours()
        #expect(contours.count { !$0.isHole } == row.four.count)
        #expect(contours.count { $0.isHole } == row.holes)
    }

    @Test("go clockwise around the mask and the other way around a hole, through the corners of pixels")
    func ring() throws {
        let contours = try BinaryMask("###", "#.#", "###").contours()
        #expect(contours.map(\.isHole) == [false, true])
        #expect(contours[0].coordinates == [3, 0, 3, 3, 0, 3, 0, 0])
        #expect(contours[1].doubledSignedArea == -2)
    }

    @Test("keep diagonal neighbours apart")
    func diagonal() throws {
        #expect(try BinaryMask("#.", ".#").contours().count == 2)
        // So that what the others enclose hangs together diagonally.
        #expect(try BinaryMask("####", "#.##", "##.#", "####").contours().count == 2)
    }

    @Test("of an empty mask are none, and too many are refused")
    func limits() throws {
        #expect(try BinaryMask("...").contours().isEmpty)
        let mask = BinaryMask("#.#", "...", "#.#")
        #expect(try mask.contours(limit: 16).count == 4)
        #expect(throws: TooManyPointsError(limit: 15)) { try mask.contours(limit: 15) }
        #expect(TooManyPointsError(limit: 15).description.contains("15 points"))
    }
}
