/// One value a pixel, row-major from the top left: logits or probabilities on their way to a mask.
public struct FloatPlane: Sendable, Equatable {
    /// Values in a row; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// `height * width` values.
    public let values: [Float]

    /// Takes `values` as they are.
    ///
    /// - Precondition: `width` and `height` are at least 1, and `values.count == width * height`.
    public init(width: Int, height: Int, values: [Float]) {
        precondition(width > 0 && height > 0, "a plane has at least one value")
        precondition(values.count == width * height, "a plane has one value a pixel")
        self.width = width
        self.height = height
        self.values = values
    }

    /// Resizes without antialiasing, as `torch.nn.functional.interpolate(mode="bilinear", align_corners=False)` does:
    /// pixel centres at half-integers, the outermost values carried on to the edge.
    ///
    /// - Precondition: `width` and `height` are at least 1.
    public func resizedBilinear(width: Int, height: Int) -> FloatPlane {
        precondition(width > 0 && height > 0, "a plane has at least one value")
        if width == self.width, height == self.height { return self }
        let columns = (0..<width).map { LinearSample(target: $0, from: self.width, to: width) }
        let rows = (0..<height).map { LinearSample(target: $0, from: self.height, to: height) }
        let resized = [Float](unsafeUninitializedCapacity: width * height) { target, initializedCount in
            var upper = StretchedRow(columns: columns)
            var lower = StretchedRow(columns: columns)
            for (number, row) in rows.enumerated() {
                // Enlarging, the next target row mostly lies between the same two source rows.
                if row.first == lower.number { swap(&upper, &lower) }
                upper.load(row.first, of: self)
                lower.load(row.second, of: self)
                let (firstWeight, secondWeight) = (1 - row.secondWeight, row.secondWeight)
                for column in 0..<width {
                    target[number * width + column] =
                        firstWeight * upper.values[column] + secondWeight * lower.values[column]
                }
            }
            initializedCount = width * height
        }
        return FloatPlane(width: width, height: height, values: resized)
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
