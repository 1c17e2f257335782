/// A mask of two values, row-major from the top left.
public struct BinaryMask: Sendable, Equatable {
    /// Pixels in a row; at least 1.
    public let width: Int
    /// Rows; at least 1.
    public let height: Int
    /// `height * width` values: 1 for a pixel that belongs to the mask, else 0.
    public let values: [UInt8]

    /// Takes any value but 0 as belonging to the mask.
    ///
    /// - Precondition: `width` and `height` are at least 1, and `values.count == width * height`.
    public init(width: Int, height: Int, values: [UInt8]) {
        self.init(width: width, height: height) { pixels in
            precondition(values.count == pixels.count, "a mask has one value a pixel")
            values.withUnsafeBufferPointer { values in
                for pixel in 0..<pixels.count { pixels[pixel] = values[pixel] == 0 ? 0 : 1 }
            }
        }
    }

    /// A mask whose pixels `fill` sets to 0 or 1, all of them.
    init(width: Int, height: Int, fill: (UnsafeMutableBufferPointer<UInt8>) -> Void) {
        precondition(width > 0 && height > 0, "a mask has at least one pixel")
        self.width = width
        self.height = height
        values = [UInt8](unsafeUninitializedCapacity: width * height) { pixels, initializedCount in
            fill(UnsafeMutableBufferPointer(rebasing: pixels[..<(width * height)]))
            initializedCount = width * height
        }
    }

    /// The pixels whose value reaches the threshold. Values that are not numbers don't.
    public init(_ plane: FloatPlane, threshold: Float) {
        self.init(width: plane.width, height: plane.height) { pixels in
            plane.values.withUnsafeBufferPointer { values in
                for pixel in 0..<pixels.count { pixels[pixel] = values[pixel] >= threshold ? 1 : 0 }
            }
        }
    }

    /// The pixels of a picture of a mask that are at least half as bright as white: luma, ITU-R BT.601, 128 or more.
    public init(_ picture: RGBImage) {
        self.init(width: picture.width, height: picture.height) { pixels in
            picture.pixels.withUnsafeBufferPointer { source in
                for pixel in 0..<pixels.count {
                    let (red, green, blue) = (source[3 * pixel], source[3 * pixel + 1], source[3 * pixel + 2])
                    let luma = 299 * Int32(red) + 587 * Int32(green) + 114 * Int32(blue)
                    pixels[pixel] = luma >= 127_500 ? 1 : 0
                }
            }
        }
    }

    /// The number of pixels that belong to the mask.
    public var area: Int { values.reduce(0) { $0 &+ Int($1) } }

    /// Whether no pixel belongs to the mask.
    public var isEmpty: Bool { !values.contains(1) }
}
