import Imaging

/// From a mask or probabilities to a PNG file.
struct PictureRendering {
    let request: SegmentationRequest
    let size: ImageSize

    /// A mask as a picture: what belongs to it is white.
    func mask(_ mask: BinaryMask, text: [PNGText]) throws -> [UInt8] {
        let mask = request.inverts ? mask.inverted : mask
        if request.bitDepth == 1 {
            return try PNGEncoder.encodeBilevel(width: size.width, height: size.height, text: text) { row, bytes in
                for column in 0..<bytes.count { bytes[column] = mask.values[row * size.width + column] }
            }
        }
        let opacity = opacity(of: mask)
        return try PNGEncoder.encodeMask(width: size.width, height: size.height, text: text) { row, bytes in
            for column in 0..<bytes.count { bytes[column] = opacity.pixels[row * size.width + column] }
        }
    }

    /// Probabilities as a picture: 1 is white.
    func probabilities(_ plane: FloatPlane) throws -> [UInt8] {
        func level(_ probability: Float, _ white: Float) -> Float {
            ((request.inverts ? 1 - probability : probability) * white).rounded()
        }
        if request.bitDepth == 16 {
            return try PNGEncoder.encodeGreyscale16(width: size.width, height: size.height) { row, samples in
                for column in 0..<samples.count {
                    samples[column] = UInt16(level(plane.values[row * size.width + column], 65_535))
                }
            }
        }
        let pixels = plane.values.map { UInt8(level($0, 255)) }
        return try PNGEncoder.encode(greyscale: pixels, width: size.width, height: size.height)
    }

    /// What a mask leaves of the picture.
    func cutout(_ mask: BinaryMask, of image: RGBImage, text: [PNGText]) throws -> [UInt8] {
        let mask = request.inverts ? mask.inverted : mask
        let cutout = Cutout(of: image, opacity: opacity(of: mask), box: request.crops ? box(of: mask) : nil)
        let (width, height) = (cutout.box.width, cutout.box.height)
        if let background = request.background {
            return try PNGEncoder.encodeRGB(width: width, height: height, text: text) { row, bytes in
                cutout.writeRGB(row, over: background, into: bytes)
            }
        }
        return try PNGEncoder.encodeRGBA(width: width, height: height, text: text) { row, bytes in
            cutout.writeRGBA(row, into: bytes)
        }
    }

    /// Probabilities as colours over the picture.
    func overlay(_ plane: FloatPlane, on image: RGBImage) throws -> [UInt8] {
        let plane = request.inverts ? plane.inverted : plane
        let overlay = HeatMapOverlay(on: image, alpha: request.overlayAlpha, colormap: request.colormap)
        return try PNGEncoder.encodeRGB(width: size.width, height: size.height) { row, bytes in
            plane.values.withUnsafeBufferPointer { values in
                let probabilities = UnsafeBufferPointer(rebasing: values[row * size.width..<(row + 1) * size.width])
                overlay.write(row, probabilities: probabilities, into: bytes)
            }
        }
    }

    private func opacity(of mask: BinaryMask) -> GreyImage {
        request.feather > 0 ? mask.feathered(by: Double(request.feather)) : GreyImage(mask)
    }

    /// The part of the picture that is left, with the margin; nil if nothing is.
    private func box(of mask: BinaryMask) -> PixelBox? {
        mask.statistics()?.box.expanded(by: request.margin + Int(request.feather.rounded(.up)), within: size)
    }
}
