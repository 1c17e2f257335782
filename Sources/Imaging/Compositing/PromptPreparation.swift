extension RGBImage {
    /// The picture as a prompt for what the mask covers.
    ///
    /// Sizes are relative, those of the authors' code for pictures of 352 pixels (github.com/timojl/clipseg): a blur with a
    /// standard deviation of 3/352 of the longer side, a tenth of brightness, a tenth of the box's width and height around
    /// it. Their code works on normalised values, where the way to darkness leads to the mean colour of the training set:
    /// `darkness` says where it leads here, and what fills the square.
    ///
    /// - Parameters:
    ///   - mask: what is meant; the whole picture if nil, which then stays as it is.
    ///   - style: what is done to the picture.
    ///   - darkness: the colour of darkness.
    /// - Throws: `PromptMaskError` if the mask is empty, or has another size than the picture.
    public func prepared(
        asPromptFor mask: BinaryMask?, style: PromptStyle = .cropBlurHighlight,
        darkness: RGBColor = RGBColor(red: 0, green: 0, blue: 0)
    ) throws(PromptMaskError) -> RGBImage {
        guard let mask else { return self }
        let size = ImageSize(width: width, height: height)
        guard mask.width == width, mask.height == height else {
            throw .otherSize(mask: ImageSize(width: mask.width, height: mask.height), image: size)
        }
        guard let object = mask.statistics()?.box else { throw .empty }
        guard style != .none else { return self }

        let shown =
            style.crops ? object.withContext(of: 0.1, within: size) : PixelBox(x: 0, y: 0, width: width, height: height)
        let sigma = style.blurs ? min(3.0 / 352 * Double(max(width, height)), FloatPlane.maxSigma) : 0
        // Blurring looks so far beyond what is shown.
        let needed = shown.expanded(by: Int(4 * sigma) + 1, within: size)
        let picture = cropped(to: needed)
        let highlighted = picture.withBackground(
            picture.blurred(sigma: sigma).faded(to: darkness, keeping: style.darkens ? 0.1 : 1),
            outside: mask.cropped(to: needed))
        guard style.crops else { return highlighted }
        let inner = PixelBox(x: shown.x - needed.x, y: shown.y - needed.y, width: shown.width, height: shown.height)
        return highlighted.cropped(to: inner).paddedToSquare(darkness)
    }

    /// Another picture's pixels where the mask is not.
    private func withBackground(_ background: RGBImage, outside mask: BinaryMask) -> RGBImage {
        let mixed = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initializedCount in
            for pixel in 0..<width * height {
                let isObject = mask.values[pixel] == 1
                for byte in 3 * pixel..<3 * pixel + 3 {
                    target[byte] = isObject ? pixels[byte] : background.pixels[byte]
                }
            }
            initializedCount = pixels.count
        }
        return RGBImage(width: width, height: height, pixels: mixed)
    }

    /// `share` of the picture, and the rest of a colour.
    private func faded(to color: RGBColor, keeping share: Float) -> RGBImage {
        guard share < 1 else { return self }
        let tables = [color.red, color.green, color.blue].map { channel in
            (0...255).map { UInt8((share * Float($0) + (1 - share) * Float(channel)).rounded()) }
        }
        let faded = [UInt8](unsafeUninitializedCapacity: pixels.count) { target, initializedCount in
            for pixel in 0..<width * height {
                for channel in 0..<3 { target[3 * pixel + channel] = tables[channel][Int(pixels[3 * pixel + channel])] }
            }
            initializedCount = pixels.count
        }
        return RGBImage(width: width, height: height, pixels: faded)
    }

    /// The picture smoothed with a Gaussian, rounded to 8 bits.
    func blurred(sigma: Double) -> RGBImage {
        guard sigma > 0 else { return self }
        var blurred = pixels
        for channel in 0..<3 {
            let plane = FloatPlane(width: width, height: height) { writeChannel(channel, ofRow: $0, into: $1) }
                .smoothed(sigma: sigma)
            for pixel in 0..<width * height {
                blurred[3 * pixel + channel] = UInt8(min(max(plane.values[pixel] * 255, 0), 255).rounded())
            }
        }
        return RGBImage(width: width, height: height, pixels: blurred)
    }
}

extension PixelBox {
    /// The box with a share of its own width and height more on each side, but nothing outside the picture.
    fileprivate func withContext(of share: Double, within size: ImageSize) -> PixelBox {
        let (aside, above) = (Int(share * Double(width)), Int(share * Double(height)))
        let (left, top) = (max(0, x - aside), max(0, y - above))
        return PixelBox(
            x: left, y: top, width: min(size.width, x + width + aside) - left,
            height: min(size.height, y + height + above) - top)
    }
}
