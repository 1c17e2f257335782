/// The rows of ``FloatPlane/resizedBilinear(width:height:)``, one at a time: a mask of many megapixels need never exist as
/// numbers.
public struct EnlargedRows: Sendable {
    /// Values in a row.
    public let width: Int
    /// The number of rows.
    public let height: Int
    private let plane: FloatPlane
    private var upper: StretchedRow
    private var lower: StretchedRow

    /// - Precondition: `width` and `height` are at least 1.
    public init(of plane: FloatPlane, width: Int, height: Int) {
        precondition(width > 0 && height > 0, "a plane has at least one value")
        self.width = width
        self.height = height
        self.plane = plane
        let columns = (0..<width).map { LinearSample(target: $0, from: plane.width, to: width) }
        upper = StretchedRow(columns: columns)
        lower = StretchedRow(columns: columns)
    }

    /// Writes a row; cheapest from the top down.
    ///
    /// - Precondition: `number` is less than `height`, and `target` has `width` values.
    public mutating func write(_ number: Int, into target: UnsafeMutableBufferPointer<Float>) {
        precondition(number < height && target.count == width, "a row of the plane")
        guard plane.width != width || plane.height != height else {
            for column in 0..<width { target[column] = plane.values[number * width + column] }
            return
        }
        let row = LinearSample(target: number, from: plane.height, to: height)
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

    init(target: Int, from sourceSize: Int, to targetSize: Int) {
        let scale = Float(sourceSize) / Float(targetSize)
        let position = max(0, scale * (Float(target) + 0.5) - 0.5)
        first = min(Int(position), sourceSize - 1)
        second = min(first + 1, sourceSize - 1)
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
