extension RGBImage {
    /// The part of the picture in a box.
    ///
    /// - Precondition: the box lies in the picture.
    public func cropped(to box: PixelBox) -> RGBImage {
        RGBImage(
            width: box.width, height: box.height,
            pixels: croppedRows(pixels, width: width, height: height, bytesPerPixel: 3, to: box))
    }

    /// The picture in the middle of a square of a colour; of an odd margin the larger half is on the right, or below.
    public func paddedToSquare(_ color: RGBColor) -> RGBImage {
        let side = max(width, height)
        return placed(
            inWidth: side, height: side, x: (side - width) / 2, y: (side - height) / 2, background: color)
    }

    /// The picture on a larger one of a colour.
    func placed(inWidth outerWidth: Int, height outerHeight: Int, x: Int, y: Int, background: RGBColor) -> RGBImage {
        guard outerWidth != width || outerHeight != height else { return self }
        precondition(x >= 0 && y >= 0 && x + width <= outerWidth && y + height <= outerHeight, "room for the picture")
        let color = [background.red, background.green, background.blue]
        var outer = [UInt8](unsafeUninitializedCapacity: outerWidth * outerHeight * 3) { bytes, initializedCount in
            for pixel in 0..<outerWidth * outerHeight {
                for channel in 0..<3 { bytes[3 * pixel + channel] = color[channel] }
            }
            initializedCount = outerWidth * outerHeight * 3
        }
        for row in 0..<height {
            let start = 3 * ((y + row) * outerWidth + x)
            outer.replaceSubrange(start..<start + 3 * width, with: pixels[3 * row * width..<3 * (row + 1) * width])
        }
        return RGBImage(width: outerWidth, height: outerHeight, pixels: outer)
    }
}

extension BinaryMask {
    /// The part of the mask in a box.
    ///
    /// - Precondition: the box lies in the mask's picture.
    public func cropped(to box: PixelBox) -> BinaryMask {
        BinaryMask(
            width: box.width, height: box.height,
            values: croppedRows(values, width: width, height: height, bytesPerPixel: 1, to: box))
    }
}

private func croppedRows(
    _ bytes: [UInt8], width: Int, height: Int, bytesPerPixel: Int, to box: PixelBox
) -> [UInt8] {
    precondition(
        box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && box.x + box.width <= width
            && box.y + box.height <= height, "a box in the picture")
    var cropped: [UInt8] = []
    cropped.reserveCapacity(box.width * box.height * bytesPerPixel)
    for row in box.y..<box.y + box.height {
        let start = (row * width + box.x) * bytesPerPixel
        cropped += bytes[start..<start + box.width * bytesPerPixel]
    }
    return cropped
}
