import Glibc

extension FloatPlane {
    /// The largest standard deviation that smoothing takes.
    public static let maxSigma = 256.0

    /// Smooths with a Gaussian of standard deviation `sigma` pixels, along the rows and then along the columns. Beyond its
    /// edges the plane is reflected: c b a | a b c | c b a.
    ///
    /// Below 8 pixels it equals SciPy's `gaussian_filter` with its defaults: the kernel ends at four standard deviations.
    /// From there on the plane is first reduced to the means of blocks a quarter of `sigma` wide, whose smoothing and
    /// enlarging add up to the Gaussian within some thousandths of the values' range: a large `sigma` costs less, not more.
    ///
    /// - Precondition: `sigma` is in 0...``maxSigma``.
    public func smoothed(sigma: Double) -> FloatPlane {
        precondition((0...Self.maxSigma).contains(sigma), "a standard deviation within the limit")
        guard sigma > 0 else { return self }
        let factor = min(Int(sigma / 4), min(width, height) / 4)
        guard factor > 1 else { return convolved(with: GaussianKernel(sigma: sigma)) }

        let kernel = GaussianKernel(sigma: Self.sigma(sigma, betweenBlocksOf: factor))
        // Reflected before it is reduced: the edge need not be one of a block.
        let margin = kernel.weights.count
        let small = Self.blockMeans(width: width, height: height, factor: factor, margin: margin, row: copyRow)
            .convolved(with: kernel)
        let window = PlaneWindow(
            x: Float(margin), y: Float(margin), width: Float(width) / Float(factor),
            height: Float(height) / Float(factor))
        var rows = EnlargedRows(of: small, window: window, width: width, height: height)
        return FloatPlane(width: width, height: height) { rows.write($0, into: $1) }
    }

    /// What is left to smooth, in blocks: variances add up, and a mean of n has (n² − 1) / 12, interpolation between blocks
    /// 1/6 of theirs.
    private static func sigma(_ sigma: Double, betweenBlocksOf factor: Int) -> Double {
        let square = Double(factor * factor)
        return (sigma * sigma / square - (square - 1) / (12 * square) - 1.0 / 6).squareRoot()
    }

    private func convolved(with kernel: GaussianKernel) -> FloatPlane {
        kernel.weights.withUnsafeBufferPointer { weights in
            convolvedAlongRows(weights).convolvedAlongColumns(weights)
        }
    }

    private func convolvedAlongRows(_ weights: UnsafeBufferPointer<Float>) -> FloatPlane {
        let radius = weights.count - 1
        var padded = [Float](repeating: 0, count: width + 2 * radius)
        return FloatPlane(width: width, height: height) { row, target in
            padded.withUnsafeMutableBufferPointer { padded in
                copyRow(row, into: UnsafeMutableBufferPointer(rebasing: padded[radius..<radius + width]))
                padded.reflectMargins(radius)
                guard let target = target.baseAddress, let centre = padded.baseAddress.map({ $0 + radius }) else {
                    return
                }
                for column in 0..<width { target[column] = weights[0] * centre[column] }
                for tap in 1..<max(1, weights.count) {
                    let (weight, left, right) = (weights[tap], centre - tap, centre + tap)
                    for column in 0..<width { target[column] += weight * (left[column] + right[column]) }
                }
            }
        }
    }

    private func convolvedAlongColumns(_ weights: UnsafeBufferPointer<Float>) -> FloatPlane {
        values.withUnsafeBufferPointer { values in
            FloatPlane(width: width, height: height) { row, target in
                guard let target = target.baseAddress, let values = values.baseAddress else { return }
                let centre = values + row * width
                for column in 0..<width { target[column] = weights[0] * centre[column] }
                for tap in 1..<max(1, weights.count) {
                    let weight = weights[tap]
                    let above = values + reflected(row - tap, count: height) * width
                    let below = values + reflected(row + tap, count: height) * width
                    for column in 0..<width { target[column] += weight * (above[column] + below[column]) }
                }
            }
        }
    }
}

/// The centre and the right half of a sampled Gaussian, whose values sum up to 1 with the left half.
private struct GaussianKernel {
    let weights: [Float]

    init(sigma: Double) {
        let raw = (0...Int(4 * sigma + 0.5)).map { exp(-0.5 * Double($0 * $0) / (sigma * sigma)) }
        let sum = 2 * raw.reduce(0, +) - raw[0]
        weights = raw.map { Float($0 / sum) }
    }
}
