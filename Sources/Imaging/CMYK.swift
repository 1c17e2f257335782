/// Turns CMYK pixels, inverted as Adobe's programs store them (255 is no ink), into RGB at the start of the same buffer.
///
/// Each of red, green and blue is `k − k·(255 − ink) / 255`, rounded to the nearest, as in Pillow: no colour profile.
func convertInvertedCMYKToRGB(pixels count: Int, in buffer: UnsafeMutableBufferPointer<UInt8>) {
    for pixel in 0..<count {
        let (source, destination) = (pixel * 4, pixel * 3)
        let key = UInt32(buffer[source + 3])
        for channel in 0..<3 {
            let ink = 255 - UInt32(buffer[source + channel])
            buffer[destination + channel] = UInt8(truncatingIfNeeded: key - dividedBy255(ink * key))
        }
    }
}
