/// What can be said of a set of pixels: how many, where, and how probable.
public struct RegionStatistics: Sendable, Equatable {
    /// The number of pixels.
    public let area: Int
    /// The smallest box that holds them all.
    public let box: PixelBox
    /// The mean column of the pixels; a pixel's centre is at its number, so that the centroid of one is where it is.
    public let centroidX: Double
    /// The mean row of the pixels.
    public let centroidY: Double
    /// The mean value of the pixels, if their values were given.
    public let mean: Double?
    /// The largest value of the pixels, if their values were given.
    public let peak: Float?
}

extension BinaryMask {
    /// The statistics of all pixels of the mask; nil if there are none.
    ///
    /// - Parameter values: the numbers to take the mean and the peak of, probabilities for instance.
    /// - Precondition: `values` have the mask's size.
    public func statistics(values: FloatPlane? = nil) -> RegionStatistics? {
        var region = RegionAccumulator()
        forEachRun(of: 1) { region.add($0, values: values) }
        return region.statistics
    }
}

/// Gathers the statistics of a region, run by run.
struct RegionAccumulator {
    private(set) var area = 0
    private var left = Int.max
    private var right = Int.min
    private var top = Int.max
    private var bottom = Int.min
    /// Twice the sums of the columns and rows of all pixels: whole numbers, exact for any picture that fits in memory.
    private var doubledColumns = 0
    private var doubledRows = 0
    private var sum: Double?
    private var peak: Float?

    mutating func add(_ run: PixelRun, values: FloatPlane?) {
        let count = run.end - run.start
        area += count
        left = min(left, run.start)
        right = max(right, run.end)
        top = min(top, run.row)
        bottom = max(bottom, run.row)
        doubledColumns += count * (run.start + run.end - 1)
        doubledRows += count * 2 * run.row
        guard let values else { return }
        precondition(run.end <= values.width && run.row < values.height, "a value for each pixel")
        let start = run.row * values.width
        var (sum, peak) = (sum ?? 0, peak ?? -.infinity)
        values.values.withUnsafeBufferPointer { values in
            for value in UnsafeBufferPointer(rebasing: values[start + run.start..<start + run.end]) {
                sum += Double(value)
                peak = max(peak, value)
            }
        }
        (self.sum, self.peak) = (sum, peak)
    }

    /// Nil as long as no run was added.
    var statistics: RegionStatistics? {
        guard area > 0 else { return nil }
        return RegionStatistics(
            area: area, box: PixelBox(x: left, y: top, width: right - left, height: bottom + 1 - top),
            centroidX: Double(doubledColumns) / Double(2 * area), centroidY: Double(doubledRows) / Double(2 * area),
            mean: sum.map { $0 / Double(area) }, peak: peak)
    }
}
