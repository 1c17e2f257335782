extension BinaryMask {
    /// The pixels that do not belong to this mask.
    public var inverted: BinaryMask {
        BinaryMask(width: width, height: height) { pixels in
            values.withUnsafeBufferPointer { values in
                for pixel in 0..<pixels.count { pixels[pixel] = 1 ^ values[pixel] }
            }
        }
    }

    /// The pixels that belong to this mask, to the other, or to both.
    ///
    /// - Precondition: both masks have the same size.
    public func union(_ other: BinaryMask) -> BinaryMask { combined(with: other) { $0 | $1 } }

    /// The pixels that belong to both masks.
    ///
    /// - Precondition: both masks have the same size.
    public func intersection(_ other: BinaryMask) -> BinaryMask { combined(with: other) { $0 & $1 } }

    /// The pixels that belong to this mask and not to the other.
    ///
    /// - Precondition: both masks have the same size.
    public func subtracting(_ other: BinaryMask) -> BinaryMask { combined(with: other) { $0 & ~$1 } }

    @inline(__always)
    private func combined(with other: BinaryMask, _ value: (UInt8, UInt8) -> UInt8) -> BinaryMask {
        precondition(width == other.width && height == other.height, "masks of the same size")
        return BinaryMask(width: width, height: height) { pixels in
            values.withUnsafeBufferPointer { values in
                other.values.withUnsafeBufferPointer { others in
                    for pixel in 0..<pixels.count { pixels[pixel] = value(values[pixel], others[pixel]) }
                }
            }
        }
    }
}
