/// Why a mask was not turned into polygons.
public struct TooManyPointsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The most points that were allowed.
    public let limit: Int

    /// What is wrong, and what to do about it.
    public var description: String {
        "The outline of the mask has more than \(limit) points. Smooth it, drop small components, or ask for run lengths."
    }
}

extension BinaryMask {
    /// The outlines of the mask and of its holes, along the edges of pixels, in the order in which they are met row by row.
    ///
    /// Those around the mask go clockwise, those around holes the other way, so that the mask is always to the right.
    /// Filled by the even-odd rule, or the non-zero one, they are the mask again, pixel for pixel. At a corner where the mask
    /// has two pixels diagonally opposite, the line keeps to the one that it follows: outlines may touch themselves, but a
    /// diagonal neighbour has an outline of its own.
    ///
    /// Takes time linear in the pixels, and a bit a pixel of memory beside the points.
    ///
    /// - Parameter limit: the most points in all outlines together.
    /// - Throws: ``TooManyPointsError`` if there are more.
    public func contours(limit: Int = 1_000_000) throws(TooManyPointsError) -> [Contour] {
        var tracer = ContourTracer(mask: self, limit: limit)
        return try tracer.trace()
    }
}

/// Follows the edges between pixels of the mask and others. Each outline, of a hole too, goes at least once to the right
/// along the upper edge of a pixel: it is enough to remember at which of those one has been.
private struct ContourTracer {
    let mask: BinaryMask
    var pointsLeft: Int
    let limit: Int
    private var visited: [UInt8]

    init(mask: BinaryMask, limit: Int) {
        self.mask = mask
        self.limit = limit
        pointsLeft = limit
        visited = [UInt8](repeating: 0, count: (mask.width * mask.height + 7) / 8)
    }

    mutating func trace() throws(TooManyPointsError) -> [Contour] {
        var contours: [Contour] = []
        for row in 0..<mask.height {
            for column in 0..<mask.width where isUpperEdge(column, row) && !isVisited(column, row) {
                contours.append(try follow(fromColumn: column, row: row))
            }
        }
        return contours
    }

    private mutating func follow(fromColumn column: Int, row: Int) throws(TooManyPointsError) -> Contour {
        let start = Contour.Point(x: column, y: row)
        var points: [Contour.Point] = []
        var (point, direction) = (start, Direction.right)
        repeat {
            if direction == .right { markVisited(point.x, point.y) }
            point = direction.step(from: point)
            let next = turn(at: point, from: direction)
            if next != direction {
                guard pointsLeft > 0 else { throw TooManyPointsError(limit: limit) }
                pointsLeft -= 1
                points.append(point)
            }
            direction = next
        } while point != start || direction != .right
        return Contour(points: points)
    }

    /// With the mask to the right: turn right if the pixel ahead on the right is not in it, left if the one on the left is
    /// too, else straight on. The order keeps diagonal neighbours apart.
    private func turn(at point: Contour.Point, from direction: Direction) -> Direction {
        let (left, right) = direction.pixelsAhead(of: point)
        if !contains(right) { return direction.turnedRight }
        return contains(left) ? direction.turnedLeft : direction
    }

    private func contains(_ pixel: (x: Int, y: Int)) -> Bool {
        guard pixel.x >= 0, pixel.y >= 0, pixel.x < mask.width, pixel.y < mask.height else { return false }
        return mask.values[pixel.y * mask.width + pixel.x] == 1
    }

    private func isUpperEdge(_ column: Int, _ row: Int) -> Bool {
        let pixel = row * mask.width + column
        return mask.values[pixel] == 1 && (row == 0 || mask.values[pixel - mask.width] == 0)
    }

    private func isVisited(_ column: Int, _ row: Int) -> Bool {
        let pixel = row * mask.width + column
        return visited[pixel / 8] & (1 << UInt8(pixel % 8)) != 0
    }

    private mutating func markVisited(_ column: Int, _ row: Int) {
        let pixel = row * mask.width + column
        visited[pixel / 8] |= 1 << UInt8(pixel % 8)
    }
}

/// A way along the edges of pixels; y points down.
private enum Direction: Int {
    case right, down, left, up

    var turnedRight: Direction { Direction(rawValue: (rawValue + 1) % 4) ?? .right }
    var turnedLeft: Direction { Direction(rawValue: (rawValue + 3) % 4) ?? .right }

    func step(from point: Contour.Point) -> Contour.Point {
        switch self {
        case .right: Contour.Point(x: point.x + 1, y: point.y)
        case .down: Contour.Point(x: point.x, y: point.y + 1)
        case .left: Contour.Point(x: point.x - 1, y: point.y)
        case .up: Contour.Point(x: point.x, y: point.y - 1)
        }
    }

    /// The two pixels that meet a corner on the far side of it.
    func pixelsAhead(of point: Contour.Point) -> (left: (x: Int, y: Int), right: (x: Int, y: Int)) {
        let (x, y) = (point.x, point.y)
        return switch self {
        case .right: ((x, y - 1), (x, y))
        case .down: ((x, y), (x - 1, y))
        case .left: ((x - 1, y), (x - 1, y - 1))
        case .up: ((x - 1, y - 1), (x, y - 1))
        }
    }
}
