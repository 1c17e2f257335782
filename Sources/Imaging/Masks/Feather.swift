extension BinaryMask {
    /// The mask with a soft edge: an opacity that rises evenly from 0 at `radius` pixels outside the edge to 255 at
    /// `radius` pixels inside, 127.5 on the edge itself.
    ///
    /// The edge runs halfway between pixels of both kinds. With s the distance of a pixel's centre to it, which is half a
    /// pixel less than to the nearest pixel of the other kind, and is negative outside, the opacity is
    /// 255 · (1/2 + s / 2·radius), clamped and rounded to the nearest. The edge of the picture is not one of the mask.
    /// Radii up to half a pixel leave the edge hard.
    ///
    /// - Precondition: `radius` is not negative.
    public func feathered(by radius: Double) -> GreyImage {
        precondition(radius >= 0, "a radius is not negative")
        guard radius > 0.5, let toMask = DistanceTransform(of: self, to: 1),
            let toOutside = DistanceTransform(of: self, to: 0)
        else { return GreyImage(self) }
        let slope = Float(255 / (2 * radius))
        var scratch = DistanceTransform.Scratch(width: width)
        var (outside, inside) = ([Int](repeating: 0, count: width), [Int](repeating: 0, count: width))
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height) { pixels, initializedCount in
            for row in 0..<height {
                outside.withUnsafeMutableBufferPointer { toMask.write(row, into: $0, scratch: &scratch) }
                inside.withUnsafeMutableBufferPointer { toOutside.write(row, into: $0, scratch: &scratch) }
                for column in 0..<width {
                    // One of both is 0. The other's square root is exact enough: 8 bits are wanted.
                    let distance = Float(outside[column] + inside[column]).squareRoot() - 0.5
                    let signed = outside[column] == 0 ? distance : -distance
                    let opacity = min(max(127.5 + slope * signed, 0), 255)
                    pixels[row * width + column] = UInt8(opacity.rounded())
                }
            }
            initializedCount = width * height
        }
        return GreyImage(width: width, height: height, pixels: pixels)
    }
}
