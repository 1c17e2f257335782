internal import CKernels

/// For each target pixel along one axis, the source pixels it is made of and their weights in fixed point.
struct ResamplingKernel {
    /// Bits after the point: 32, less 8 for the pixel, less 2 for the sign and for sums of weights above 1. So sums of 32
    /// bits can't overflow.
    static let precisionBits = CLIPSEG_RESAMPLING_BITS

    /// A run of source pixels, and where their weights start in `weights`.
    struct Window {
        let first: Int
        let count: Int
        let weightsStart: Int
    }

    let windows: [Window]
    let weights: [Int32]

    /// The filter widens with the ratio when shrinking, which is what antialiases. Weights sum to 1 at the edges too.
    init(from sourceSize: Int, to targetSize: Int, filter: ResamplingFilter) {
        let scale = Double(sourceSize) / Double(targetSize)
        let filterScale = max(scale, 1)
        let support = filter.support * filterScale
        let inverseScale = 1 / filterScale

        var windows: [Window] = []
        var weights: [Int32] = []
        windows.reserveCapacity(targetSize)
        for target in 0..<targetSize {
            let center = (Double(target) + 0.5) * scale
            let first = max(0, Int(center - support + 0.5))
            let end = min(sourceSize, Int(center + support + 0.5))
            let raw = (first..<end).map { filter.weight((Double($0) - center + 0.5) * inverseScale) }
            let sum = raw.reduce(0, +)
            windows.append(Window(first: first, count: raw.count, weightsStart: weights.count))
            weights += raw.map { Self.fixedPoint(sum == 0 ? $0 : $0 / sum) }
        }
        self.windows = windows
        self.weights = weights
    }

    /// Calls `body` with the windows as loops along a row take them.
    func withGroups(_ body: (UnsafeBufferPointer<clipseg_window>) -> Void) {
        let (taps, lanes) = (CLIPSEG_TAPS_PER_GROUP, CLIPSEG_LANES_PER_GROUP)
        let groups = windows.map { ($0.count + taps - 1) / taps }
        var grouped = [Int32](repeating: 0, count: groups.reduce(0, +) * lanes)
        var start = 0
        for (window, groups) in zip(windows, groups) {
            for tap in 0..<window.count {
                let lane = start + tap / taps * lanes + tap % taps * 3
                for channel in 0..<3 { grouped[lane + channel] = weights[window.weightsStart + tap] }
            }
            start += groups * lanes
        }
        grouped.withUnsafeBufferPointer { grouped in
            var next = grouped.baseAddress
            let windows = zip(windows, groups).map { window, groups in
                defer { next = next?.advanced(by: groups * lanes) }
                return clipseg_window(first: window.first, groups: groups, weights: next)
            }
            windows.withUnsafeBufferPointer(body)
        }
    }

    private static func fixedPoint(_ weight: Double) -> Int32 {
        let scaled = weight * Double(1 << precisionBits)
        return Int32(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
    }
}
