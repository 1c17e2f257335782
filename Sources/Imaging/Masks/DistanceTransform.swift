/// Exact Euclidean distances from each pixel of a mask to the nearest pixel of a value, centre to centre, in time linear in
/// the pixels (A. Meijster, J. Roerdink, W. Hesselink: A general algorithm for computing distance transforms in linear time,
/// 2000; the same lower envelope as P. Felzenszwalb, D. Huttenlocher: Distance transforms of sampled functions, 2012).
struct DistanceTransform {
    let width: Int
    let height: Int
    /// Distances within the columns.
    private let vertical: [Int32]

    /// - Returns: nil if no pixel has the value.
    init?(of mask: BinaryMask, to value: UInt8) {
        guard mask.values.contains(value) else { return nil }
        width = mask.width
        height = mask.height
        vertical = Self.verticalDistances(of: mask, to: value)
    }

    /// Writes the squared distances of a row.
    func write(_ row: Int, into squares: UnsafeMutableBufferPointer<Int>, scratch: inout Scratch) {
        vertical.withUnsafeBufferPointer { vertical in
            scratch.parabolas.withUnsafeMutableBufferPointer { parabolas in
                Self.lowerEnvelope(
                    of: UnsafeBufferPointer(rebasing: vertical[row * width..<(row + 1) * width]),
                    parabolas: parabolas, into: squares)
            }
        }
    }

    /// What computing a row needs, to be used again for the next.
    struct Scratch {
        fileprivate var parabolas: [Parabola]

        init(width: Int) { parabolas = [Parabola](repeating: Parabola(column: 0, offset: 0, start: 0), count: width) }
    }

    /// Down and up again, a row at a time, so that it is vectorised. Columns without such a pixel have distances larger
    /// than any there is.
    private static func verticalDistances(of mask: BinaryMask, to value: UInt8) -> [Int32] {
        let (width, height) = (mask.width, mask.height)
        let infinity = Int32(width + height)
        return [Int32](unsafeUninitializedCapacity: width * height) { distances, initializedCount in
            mask.values.withUnsafeBufferPointer { values in
                guard let values = values.baseAddress, let distances = distances.baseAddress else { return }
                for column in 0..<width { distances[column] = values[column] == value ? 0 : infinity }
                for row in 1..<max(1, height) {
                    let (here, above) = (distances + row * width, distances + (row - 1) * width)
                    let pixels = values + row * width
                    for column in 0..<width {
                        here[column] = pixels[column] == value ? 0 : min(above[column] &+ 1, infinity)
                    }
                }
                for row in stride(from: height - 2, through: 0, by: -1) {
                    let (here, below) = (distances + row * width, distances + (row + 1) * width)
                    for column in 0..<width { here[column] = min(here[column], below[column] &+ 1) }
                }
            }
            initializedCount = width * height
        }
    }

    /// For each column, the least of (column − i)² + distance(i)² over all i.
    private static func lowerEnvelope(
        of distances: UnsafeBufferPointer<Int32>, parabolas: UnsafeMutableBufferPointer<Parabola>,
        into squares: UnsafeMutableBufferPointer<Int>
    ) {
        let width = distances.count
        var last = -1
        for column in 0..<width {
            let distance = Int(distances[column])
            var parabola = Parabola(column: column, offset: distance * distance, start: 0)
            while last >= 0, parabola.isBelow(parabolas[last], at: parabolas[last].start) { last -= 1 }
            if last >= 0 { parabola.start = parabola.firstColumnBelow(parabolas[last]) }
            guard parabola.start < width else { continue }
            last += 1
            parabolas[last] = parabola
        }
        for column in stride(from: width - 1, through: 0, by: -1) {
            squares[column] = parabolas[last].value(at: column)
            if column == parabolas[last].start { last -= 1 }
        }
    }
}

/// (x − column)² + offset, which is the lowest of its kind from `start` on.
private struct Parabola {
    let column: Int
    let offset: Int
    var start: Int

    func value(at x: Int) -> Int { (x - column) * (x - column) + offset }

    func isBelow(_ other: Parabola, at x: Int) -> Bool { value(at: x) < other.value(at: x) }

    /// The first column at which this one is below another to its left, which is not below this one everywhere.
    func firstColumnBelow(_ other: Parabola) -> Int {
        let numerator = column * column - other.column * other.column + offset - other.offset
        return 1 + numerator / (2 * (column - other.column))
    }
}
