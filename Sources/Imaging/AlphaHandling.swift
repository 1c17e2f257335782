/// What becomes of a picture's transparency when it is turned into RGB.
public enum AlphaHandling: Sendable {
    /// Lay the picture over white, as a browser shows it: each channel becomes `(c·a + 255·(255 − a)) / 255`, on 8-bit
    /// values, rounded to the nearest, halves up. Equal to Pillow's `Image.paste` with the alpha channel as mask.
    case compositeOnWhite
    /// Lay the picture over black: `c·a / 255`, rounded likewise. What is transparent in the picture of a mask is no part of
    /// it.
    case compositeOnBlack
    /// Drop the alpha channel and keep the colours under it, as Pillow's `convert("RGB")` does.
    case discard

    /// Packs RGBA pixels into RGB at the start of the same buffer.
    func removeAlpha(fromPixels count: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
        for pixel in 0..<count {
            let (source, destination) = (pixel * 4, pixel * 3)
            let alpha = self == .discard ? 255 : UInt32(buffer[source + 3])
            let background = self == .compositeOnWhite ? 255 * (255 - alpha) : 0
            for channel in 0..<3 {
                let blended = UInt32(buffer[source + channel]) * alpha + background
                buffer[destination + channel] = UInt8(truncatingIfNeeded: dividedBy255(blended))
            }
        }
    }
}

/// `value / 255` rounded to the nearest, exact for all products of two 8-bit values.
@inline(__always)
func dividedBy255(_ value: UInt32) -> UInt32 {
    let biased = value &+ 128
    return (biased &+ (biased >> 8)) >> 8
}
