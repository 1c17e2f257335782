/// How often probabilities occur, in 256 bins: those of an 8-bit picture of them, 255 · p rounded to the nearest.
public struct ProbabilityHistogram: Sendable, Equatable {
    /// The number of probabilities in each bin.
    public private(set) var counts = [Int](repeating: 0, count: 256)

    /// An empty histogram.
    public init() {}

    /// The histogram of a plane.
    public init(_ plane: FloatPlane) {
        plane.values.withUnsafeBufferPointer { add($0) }
    }

    /// Counts more probabilities. What is outside 0...1 is counted at its ends, what is not a number at 0.
    public mutating func add(_ probabilities: UnsafeBufferPointer<Float>) {
        for probability in probabilities {
            // In this order, NaN becomes 0.
            counts[Int(min(max(0, probability * 255), 255) + 0.5)] += 1
        }
    }

    /// The threshold that parts the probabilities into two classes with the largest variance between their means
    /// (N. Otsu: A threshold selection method from gray-level histograms, 1979): halfway between two bins, so that a
    /// probability reaches it exactly if its bin belongs to the upper class. Of several equally good ones, the lowest.
    ///
    /// - Returns: nil if all probabilities are in one bin: there are no two classes.
    public var otsuThreshold: Float? {
        let total = counts.reduce(0, +)
        let sum = counts.enumerated().reduce(0) { $0 + $1.offset * $1.element }
        var (lowerCount, lowerSum, best, threshold) = (0, 0, 0.0, Float?.none)
        for bin in 0..<255 {
            lowerCount += counts[bin]
            lowerSum += bin * counts[bin]
            let upperCount = total - lowerCount
            guard lowerCount > 0, upperCount > 0 else { continue }
            let difference =
                Double(lowerSum) / Double(lowerCount) - Double(sum - lowerSum) / Double(upperCount)
            let variance = Double(lowerCount) * Double(upperCount) * difference * difference
            if variance > best { (best, threshold) = (variance, (Float(bin) + 0.5) / 255) }
        }
        return threshold
    }
}
