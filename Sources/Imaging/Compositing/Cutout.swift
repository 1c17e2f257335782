/// What a mask leaves of a picture, row by row.
public struct Cutout: Sendable {
    /// The part of the picture that is shown.
    public let box: PixelBox
    private let image: RGBImage
    private let opacity: GreyImage

    /// Cuts `box`, or all, out of the picture.
    ///
    /// - Precondition: the picture and the opacity have the same size, and the box lies in it.
    public init(of image: RGBImage, opacity: GreyImage, box: PixelBox? = nil) {
        precondition(image.width == opacity.width && image.height == opacity.height, "an opacity for each pixel")
        let box = box ?? PixelBox(x: 0, y: 0, width: image.width, height: image.height)
        precondition(
            box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && box.x + box.width <= image.width
                && box.y + box.height <= image.height, "a box in the picture")
        self.box = box
        self.image = image
        self.opacity = opacity
    }

    /// Writes a row of the box as RGBA, `box.width * 4` bytes: the picture's colours with straight alpha. Where it is fully
    /// transparent the colour is black: nobody shall find there what was cut away, and it takes no space.
    public func writeRGBA(_ row: Int, into target: UnsafeMutableBufferPointer<UInt8>) {
        forEachPixel(of: row) { column, opacity, red, green, blue in
            target[4 * column] = opacity == 0 ? 0 : red
            target[4 * column + 1] = opacity == 0 ? 0 : green
            target[4 * column + 2] = opacity == 0 ? 0 : blue
            target[4 * column + 3] = opacity
        }
    }

    /// Writes a row of the box as RGB, `box.width * 3` bytes, laid over a colour: `(c·a + background·(255 − a)) / 255`,
    /// rounded to the nearest.
    public func writeRGB(_ row: Int, over background: RGBColor, into target: UnsafeMutableBufferPointer<UInt8>) {
        forEachPixel(of: row) { column, opacity, red, green, blue in
            target[3 * column] = blended(red, background.red, opacity)
            target[3 * column + 1] = blended(green, background.green, opacity)
            target[3 * column + 2] = blended(blue, background.blue, opacity)
        }
    }

    @inline(__always)
    private func forEachPixel(of row: Int, _ visit: (Int, UInt8, UInt8, UInt8, UInt8) -> Void) {
        precondition(row < box.height, "a row of the box")
        let start = (box.y + row) * image.width + box.x
        image.pixels.withUnsafeBufferPointer { colors in
            opacity.pixels.withUnsafeBufferPointer { opacity in
                for column in 0..<box.width {
                    let pixel = start + column
                    visit(column, opacity[pixel], colors[3 * pixel], colors[3 * pixel + 1], colors[3 * pixel + 2])
                }
            }
        }
    }
}

/// `opacity / 255` of the first and the rest of the second, rounded to the nearest.
@inline(__always)
func blended(_ first: UInt8, _ second: UInt8, _ opacity: UInt8) -> UInt8 {
    let sum = UInt32(first) * UInt32(opacity) + UInt32(second) * (255 - UInt32(opacity))
    return UInt8(truncatingIfNeeded: dividedBy255(sum))
}
