/// The guided filter with a colour guide (K. He, J. Sun, X. Tang: Guided image filtering, 2013): around each pixel, the
/// probabilities are fitted by a linear function of the picture's red, green and blue, so that their edges move to where the
/// picture has its own.
///
/// The fit is computed on means of blocks of pixels (K. He, J. Sun: Fast guided filter, 2015, arXiv 1505.00996), in a time
/// that does not depend on the radius. Only its four coefficients are kept, and the rows of the result made one at a time: a
/// large picture need never exist as numbers.
public struct GuidedFilter: Sendable {
    /// How far the fit looks, and how closely it follows the picture.
    public struct Parameters: Sendable, Equatable {
        /// The window reaches so many pixels to each side; at least 1.
        public var radius: Int
        /// What is added to the variances of the colours, which are 0...1: edges in the picture of a contrast well below its
        /// square root are taken for noise. More than 0.
        public var epsilon: Float

        /// Takes the values as they are.
        public init(radius: Int, epsilon: Float = Self.defaultEpsilon) {
            self.radius = radius
            self.epsilon = epsilon
        }

        /// What was found best on drawn scenes; `Tests/Refinement/README.md` tells how.
        public static let defaultEpsilon: Float = 0.0003

        /// The radius that was found best on drawn scenes: three quarters of what a patch of the model is in the picture,
        /// since a mask is wrong by about so much.
        ///
        /// - Parameter patch: the longer side of a patch in pixels of the picture.
        public static func defaultRadius(patch: Float) -> Int {
            max(1, Int((0.75 * patch).rounded()))
        }
    }

    private let guide: RGBImage
    private let coefficients: FittedColors
    private let window: PlaneWindow

    /// Fits probabilities to a picture.
    ///
    /// - Parameters:
    ///   - probabilities: 0...1, of any size; what they show is the whole picture.
    ///   - guide: the picture, with the size that the result is to have.
    ///   - parameters: in pixels of the picture.
    ///   - blockSize: the sides of the blocks that the fit is computed on; chosen by radius and size of the picture if nil.
    /// - Precondition: the parameters, and the block size, are in their ranges.
    public init(_ probabilities: FloatPlane, guide: RGBImage, parameters: Parameters, blockSize: Int? = nil) {
        precondition(parameters.radius >= 1 && parameters.epsilon > 0, "a window and a variance")
        let size = blockSize ?? Self.blockSize(radius: parameters.radius, pixels: guide.width * guide.height)
        precondition(size >= 1, "blocks of pixels")
        self.guide = guide
        var enlarged = EnlargedRows(of: probabilities, width: guide.width, height: guide.height)
        let reduced = FloatPlane.blockMeans(width: guide.width, height: guide.height, factor: size) {
            enlarged.write($0, into: $1)
        }
        let colors = (0..<3).map { channel in
            FloatPlane.blockMeans(width: guide.width, height: guide.height, factor: size) {
                guide.writeChannel(channel, ofRow: $0, into: $1)
            }
        }
        coefficients = FittedColors(
            reduced, to: colors, radius: max(1, (parameters.radius + size / 2) / size), epsilon: parameters.epsilon)
        window = PlaneWindow(
            x: 0, y: 0, width: Float(guide.width) / Float(size), height: Float(guide.height) / Float(size))
    }

    /// A quarter of the radius as in the paper; and not more than a million blocks.
    private static func blockSize(radius: Int, pixels: Int) -> Int {
        let leastForMemory = Int((Double(pixels) / Double(1 << 20)).squareRoot().rounded(.up))
        return max(1, min(radius / 4, 4), leastForMemory)
    }

    /// The refined probabilities, clamped to 0...1, with the size of the picture.
    public func plane() -> FloatPlane {
        var rows = rows()
        return FloatPlane(width: guide.width, height: guide.height) { rows.write($0, into: $1) }
    }

    /// The rows of the refined probabilities.
    public func rows() -> Rows {
        Rows(
            guide: guide,
            slopes: coefficients.slopes.map {
                EnlargedRows(of: $0, window: window, width: guide.width, height: guide.height)
            },
            offset: EnlargedRows(of: coefficients.offset, window: window, width: guide.width, height: guide.height))
    }

    /// Refined probabilities, one row at a time.
    public struct Rows: Sendable {
        private let guide: RGBImage
        private var slopes: [EnlargedRows]
        private var offset: EnlargedRows
        private var slope: [Float]
        private var color: [Float]

        fileprivate init(guide: RGBImage, slopes: [EnlargedRows], offset: EnlargedRows) {
            self.guide = guide
            self.slopes = slopes
            self.offset = offset
            slope = [Float](repeating: 0, count: guide.width)
            color = [Float](repeating: 0, count: guide.width)
        }

        /// Writes a row; cheapest from the top down.
        ///
        /// - Precondition: `number` is less than the picture's height, and `target` has as many values as it is wide.
        public mutating func write(_ number: Int, into target: UnsafeMutableBufferPointer<Float>) {
            offset.write(number, into: target)
            for channel in 0..<3 {
                slope.withUnsafeMutableBufferPointer { slope in
                    color.withUnsafeMutableBufferPointer { color in
                        slopes[channel].write(number, into: slope)
                        guide.writeChannel(channel, ofRow: number, into: color)
                        for column in 0..<target.count { target[column] += slope[column] * color[column] }
                    }
                }
            }
            for column in 0..<target.count { target[column] = min(max(target[column], 0), 1) }
        }
    }
}

extension RGBImage {
    /// Writes a channel of a row as numbers 0...1.
    func writeChannel(_ channel: Int, ofRow row: Int, into target: UnsafeMutableBufferPointer<Float>) {
        pixels.withUnsafeBufferPointer { pixels in
            let start = row * width * 3 + channel
            for column in 0..<width { target[column] = Float(pixels[start + 3 * column]) * (1 / 255) }
        }
    }
}
