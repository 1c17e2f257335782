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

    @Test("simplified keep within the tolerance", arguments: [0, 0.5, 1, 2.5])
    func simplified(tolerance: Double) throws {
        for mask in BinaryMask.assorted {
            for contour in try mask.contours() {
                guard let simple = contour.simplified(tolerance: tolerance) else {
                    #expect(tolerance > 0)
                    continue
                }
                #expect(simple.points.count <= contour.points.count)
                #expect(contour.points.allSatisfy { distance(of: $0, to: simple) <= tolerance + 1e-9 })
                if tolerance == 0 { #expect(Set(simple.points) == Set(contour.points)) }
            }
        }
    }

    private func distance(of point: Contour.Point, to contour: Contour) -> Double {
        var (nearest, previous) = (Double.infinity, contour.points[contour.points.count - 1])
        for end in contour.points {
            let (dx, dy) = (Double(end.x - previous.x), Double(end.y - previous.y))
            let (px, py) = (Double(point.x - previous.x), Double(point.y - previous.y))
            let length = dx * dx + dy * dy
            let along = length == 0 ? 0 : min(max((px * dx + py * dy) / length, 0), 1)
            let (ox, oy) = (px - along * dx, py - along * dy)
            nearest = min(nearest, (ox * ox + oy * oy).squareRoot())
            previous = end
        }
        return nearest
    }

    @Test("simplified lose the steps of a slope and keep the corners of a square")
    func staircase() throws {
        let side = 40
        let slope = BinaryMask(
            width: side, height: side, values: (0..<side * side).map { $0 % side <= $0 / side ? 1 : 0 })
        let triangle = try #require(try slope.contours()[0].simplified(tolerance: 1))
        #expect((3...4).contains(triangle.points.count))
        let square = try #require(try BinaryMask("###", "###", "###").contours()[0].simplified(tolerance: 1))
        #expect(square.points.count == 4)
    }

    @Test("of very many points are simplified in pieces", .timeLimit(.minutes(1)))
    func longComb() throws {
        let (width, height) = (4001, 9)
        let comb = BinaryMask(width: width, height: height) { pixels in
            for pixel in pixels.indices {
                let (row, column) = pixel.quotientAndRemainder(dividingBy: width)
                pixels[pixel] = row == height - 1 || column.isMultiple(of: 2) ? 1 : 0
            }
        }
        let contour = try comb.contours()[0]
        #expect(contour.points.count > 8000)
        #expect(contour.simplified(tolerance: 0.5)?.points.count == contour.points.count)
        #expect(try #require(contour.simplified(tolerance: 20)).points.count < 50)
    }
}
