/// One value a pixel, row-major from the top left: logits or probabilities on their way to a mask.
public struct FloatPlane: Sendable, Equatable {
    /// Values in a row; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// `height * width` values.
    public let values: [Float]

    /// Both sides.
    var size: ImageSize { ImageSize(width: width, height: height) }

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

    /// A plane whose rows `write` writes, `width` values each, from the top.
    ///
    /// - Precondition: `width` and `height` are at least 1.
    public init(
        width: Int, height: Int, row write: (_ number: Int, _ values: UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        precondition(width > 0 && height > 0, "a plane has at least one value")
        self.width = width
        self.height = height
        values = [Float](unsafeUninitializedCapacity: width * height) { values, initializedCount in
            for row in 0..<height {
                write(row, UnsafeMutableBufferPointer(rebasing: values[row * width..<(row + 1) * width]))
            }
            initializedCount = width * height
        }
    }

    /// Resizes without antialiasing, as `torch.nn.functional.interpolate(mode="bilinear", align_corners=False)` does:
    /// pixel centres at half-integers, the outermost values carried on to the edge.
    ///
    /// - Precondition: `width` and `height` are at least 1.
    public func resizedBilinear(width: Int, height: Int) -> FloatPlane {
        precondition(width > 0 && height > 0, "a plane has at least one value")
        if width == self.width, height == self.height { return self }
        var rows = EnlargedRows(of: self, width: width, height: height)
        return FloatPlane(width: width, height: height) { rows.write($0, into: $1) }
    }
}
