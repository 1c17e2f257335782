/// A closed line around pixels, through their corners. The picture's top left corner is 0, 0; the last point is joined to the
/// first.
public struct Contour: Sendable, Equatable {
    /// A corner between pixels: `x` is the number of columns to its left, `y` that of rows above it.
    public struct Point: Sendable, Hashable {
        /// From the left edge of the picture.
        public var x: Int
        /// From the upper edge of the picture.
        public var y: Int

        /// Takes the values as they are.
        public init(x: Int, y: Int) {
            self.x = x
            self.y = y
        }
    }

    /// The corners of the line, each of which is a turn.
    public let points: [Point]

    /// Twice the area within, negative if the line goes round a hole: the shoelace formula, in a picture whose y axis points
    /// down.
    public var doubledSignedArea: Int {
        var (sum, previous) = (0, points[points.count - 1])
        for point in points {
            sum += previous.x * point.y - point.x * previous.y
            previous = point
        }
        return sum
    }

    /// Whether what lies within is outside the mask.
    public var isHole: Bool { doubledSignedArea < 0 }

    /// The coordinates as COCO writes a polygon: x and y in turn.
    public var coordinates: [Int] { points.flatMap { [$0.x, $0.y] } }
}
