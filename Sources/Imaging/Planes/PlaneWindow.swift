/// A part of a plane, to fractions of a pixel; the plane's top left corner is at 0, 0, its first pixel's centre at ½, ½.
public struct PlaneWindow: Sendable, Equatable {
    /// The left edge.
    public var x: Float
    /// The upper edge.
    public var y: Float
    /// The width; more than 0.
    public var width: Float
    /// The height; more than 0.
    public var height: Float

    /// Takes the values as they are.
    public init(x: Float, y: Float, width: Float, height: Float) {
        self.x = x
        self.y = y
        self.width = width
        self.height = height
    }

    /// All of a plane of that size.
    public init(all size: ImageSize) {
        self.init(x: 0, y: 0, width: Float(size.width), height: Float(size.height))
    }
}
