/// A rectangle of whole pixels, at least one.
public struct PixelBox: Sendable, Hashable {
    /// The first column.
    public var x: Int
    /// The first row.
    public var y: Int
    /// Columns; at least 1.
    public var width: Int
    /// Rows; at least 1.
    public var height: Int

    /// Takes the values as they are.
    public init(x: Int, y: Int, width: Int, height: Int) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// The box with `margin` pixels more on each side, but none outside a picture of `size`.
    ///
    /// - Precondition: the box lies in the picture, and `margin` is not negative.
    public func expanded(by margin: Int, within size: ImageSize) -> PixelBox {
        precondition(margin >= 0, "a margin adds pixels")
        let (left, top) = (x - min(x, margin), y - min(y, margin))
        let right = x + width + min(size.width - x - width, margin)
        let bottom = y + height + min(size.height - y - height, margin)
        return PixelBox(x: left, y: top, width: right - left, height: bottom - top)
    }
}
