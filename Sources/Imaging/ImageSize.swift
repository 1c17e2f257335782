/// The size of a picture.
public struct ImageSize: Sendable, Equatable {
    /// Pixels in a row.
    public var width: Int
    /// Rows.
    public var height: Int

    /// Takes the sides as they are.
    public init(width: Int, height: Int) {
        self.width = width
        self.height = height
    }

    /// The number of pixels.
    public var pixels: Int { width * height }

    /// The size of the upright picture, given the stored one, or the other way round.
    func turned(by orientation: Orientation) -> ImageSize {
        orientation.swapsSides ? ImageSize(width: height, height: width) : self
    }

    /// The largest of the denominators at which libjpeg decodes well that leaves at least `least` on both sides.
    func largestReduction(to least: ImageSize) -> UInt32? {
        [8, 4, 2].first { denominator in
            // libjpeg rounds up.
            (width + denominator - 1) / denominator >= least.width
                && (height + denominator - 1) / denominator >= least.height
        }.map(UInt32.init)
    }
}
