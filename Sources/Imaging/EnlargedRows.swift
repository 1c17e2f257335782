/// The rows of ``FloatPlane/resizedBilinear(width:height:)``, or of a part of the plane resized so, one at a time: a mask of
/// many megapixels need never exist as numbers.
public struct EnlargedRows: Sendable {
    /// Values in a row.
    public let width: Int
    /// The number of rows.
    public let height: Int
    private let plane: FloatPlane
    private let rows: [LinearSample]
    private let copiesRows: Bool
    private var upper: StretchedRow
    private var lower: StretchedRow

    /// - Precondition: `width` and `height` are at least 1.
    public init(of plane: FloatPlane, width: Int, height: Int) {
        self.init(of: plane, window: PlaneWindow(all: plane.size), width: width, height: height)
    }

    /// Pixels outside the window that it does not even touch have no influence.
    ///
    /// - Precondition: `width` and `height` are at least 1, and the window lies in the plane.
    public init(of plane: FloatPlane, window: PlaneWindow, width: Int, height: Int) {
        precondition(width > 0 && height > 0, "a plane has at least one value")
        self.width = width
        self.height = height
        self.plane = plane
        let columns = LinearSample.all(from: window.x, window.width, of: plane.width, to: width)
        rows = LinearSample.all(from: window.y, window.height, of: plane.height, to: height)
        copiesRows = window == PlaneWindow(all: plane.size) && width == plane.width && height == plane.height
        upper = StretchedRow(columns: columns)
        lower = StretchedRow(columns: columns)
    }

    /// Writes a row; cheapest from the top down.
    ///
    /// - Precondition: `number` is less than `height`, and `target` has `width` values.
    public mutating func write(_ number: Int, into target: UnsafeMutableBufferPointer<Float>) {
        precondition(number < height && target.count == width, "a row of the plane")
        guard !copiesRows else {
            for column in 0..<width { target[column] = plane.values[number * width + column] }
            return
        }
        let row = rows[number]
        // Enlarging, the next target row mostly lies between the same two source rows.
        if row.first == lower.number { swap(&upper, &lower) }
        upper.load(row.first, of: plane)
        lower.load(row.second, of: plane)
        let (firstWeight, secondWeight) = (1 - row.secondWeight, row.secondWeight)
        upper.values.withUnsafeBufferPointer { upper in
            lower.values.withUnsafeBufferPointer { lower in
                // All three have `width` values. Pointers, or each subscript is checked and the loop not vectorised.
                guard let upper = upper.baseAddress, let lower = lower.baseAddress, let target = target.baseAddress
                else { return }
                for column in 0..<width { target[column] = firstWeight * upper[column] + secondWeight * lower[column] }
            }
        }
    }
}

/// The two source positions a target position lies between, and the weight of the second.
private struct LinearSample {
    let first: Int
    let second: Int
    let secondWeight: Float

    /// The samples that make `targetSize` positions out of `extent` source positions from `origin` on.
    static func all(from origin: Float, _ extent: Float, of sourceSize: Int, to targetSize: Int) -> [LinearSample] {
        // A little outside is rounding.
        precondition(
            origin >= -0.01 && extent > 0 && origin + extent <= Float(sourceSize) + 0.01, "a window of the plane")
        let scale = extent / Float(targetSize)
        let first = min(max(0, Int(origin)), sourceSize - 1)
        let last = min(max(first, Int((origin + extent).rounded(.up)) - 1), sourceSize - 1)
        return (0..<targetSize).map { target in
            let position = max(Float(first), origin + (scale * (Float(target) + 0.5) - 0.5))
            return LinearSample(position: position, last: last)
        }
    }

    private init(position: Float, last: Int) {
        first = min(Int(position), last)
        second = min(first + 1, last)
        secondWeight = min(max(position - Float(first), 0), 1)
    }
}

/// A source row at the target's width.
private struct StretchedRow {
    let columns: [LinearSample]
    var number: Int?
    var values: [Float]

    init(columns: [LinearSample]) {
        self.columns = columns
        values = [Float](repeating: 0, count: columns.count)
    }

    mutating func load(_ row: Int, of plane: FloatPlane) {
        guard row != number else { return }
        number = row
        let start = row * plane.width
        for (index, column) in columns.enumerated() {
            values[index] =
                (1 - column.secondWeight) * plane.values[start + column.first]
                + column.secondWeight * plane.values[start + column.second]
        }
    }
}
