/// Probabilities as colours over a picture, row by row.
public struct HeatMapOverlay: Sendable {
    private let image: RGBImage
    private let colors: [RGBColor]
    private let opacity: UInt8

    /// - Parameters:
    ///   - image: the picture.
    ///   - alpha: how much of the colours is seen, 0...1; the rest is the picture.
    ///   - colormap: the colour of each probability.
    public init(on image: RGBImage, alpha: Float, colormap: Colormap) {
        precondition((0...1).contains(alpha), "an opacity")
        self.image = image
        colors = colormap.colors
        opacity = UInt8((alpha * 255).rounded())
    }

    /// Writes a row as RGB: `alpha` times the colour of the probability, and the rest the picture. What is not a number has
    /// the colour of 0.
    ///
    /// - Precondition: `probabilities` and the row's pixels are as many as the picture is wide.
    public func write(
        _ row: Int, probabilities: UnsafeBufferPointer<Float>, into target: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition(probabilities.count == image.width && target.count == 3 * image.width, "a row of the picture")
        image.pixels.withUnsafeBufferPointer { pixels in
            for column in 0..<image.width {
                // In this order, NaN becomes 0.
                let color = colors[Int(min(max(0, probabilities[column] * 255), 255) + 0.5)]
                let source = 3 * (row * image.width + column)
                target[3 * column] = blended(color.red, pixels[source], opacity)
                target[3 * column + 1] = blended(color.green, pixels[source + 1], opacity)
                target[3 * column + 2] = blended(color.blue, pixels[source + 2], opacity)
            }
        }
    }
}
