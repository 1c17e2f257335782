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
        var rows = EnlargedRows(of: self, width: width, height: height)
        let resized = [Float](unsafeUninitializedCapacity: width * height) { target, initializedCount in
            for row in 0..<height {
                rows.write(row, into: UnsafeMutableBufferPointer(rebasing: target[row * width..<(row + 1) * width]))
            }
            initializedCount = width * height
        }
        return FloatPlane(width: width, height: height, values: resized)
    }
}
