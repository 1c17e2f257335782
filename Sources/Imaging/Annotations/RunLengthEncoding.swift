/// A mask as COCO writes it: the lengths of runs of equal pixels, column by column from the top left, alternately outside
/// and inside the mask, beginning outside (cocodataset/cocoapi, `maskApi.h`).
public struct RunLengthEncoding: Sendable, Equatable {
    /// Pixels in a row of the mask.
    public let width: Int
    /// Rows of the mask. COCO's `size` is `[height, width]`.
    public let height: Int
    /// The lengths. The first may be 0, no other is; together they are `height * width`.
    public let counts: [Int]

    /// Encodes a mask.
    public init(_ mask: BinaryMask) {
        width = mask.width
        height = mask.height
        var counts: [Int] = []
        var value: UInt8 = 0
        var length = 0
        mask.forEachColumn { column in
            var start = 0
            while start < column.count {
                let end = column.firstPosition(of: 1 ^ value, from: start)
                length += end - start
                if end < column.count {
                    counts.append(length)
                    (length, value) = (0, 1 ^ value)
                }
                start = end
            }
        }
        self.counts = counts + [length]
    }

    /// Takes lengths as somebody sent them; merges what a length of 0 between two runs holds apart.
    ///
    /// - Throws: `RunLengthError` unless they are the lengths of a mask of this size.
    public init(width: Int, height: Int, counts: [Int]) throws(RunLengthError) {
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        guard width > 0, height > 0, !overflow else { throw .impossibleSize(width: width, height: height) }
        var sum = 0
        var merged: [Int] = []
        merged.reserveCapacity(counts.count)
        for (index, count) in counts.enumerated() {
            guard count >= 0, count <= pixels - sum else {
                throw .wrongSum(width: width, height: height)
            }
            sum += count
            if count == 0, index > 0 { continue }
            // Unless what was kept ends with a run of the same kind.
            if merged.count % 2 == index % 2 { merged.append(count) } else { merged[merged.count - 1] += count }
        }
        guard sum == pixels else { throw .wrongSum(width: width, height: height) }
        (self.width, self.height, self.counts) = (width, height, merged)
    }

    /// The mask that was encoded.
    public var mask: BinaryMask {
        BinaryMask(width: width, height: height) { pixels in
            pixels.initialize(repeating: 0)
            var position = 0
            for (index, count) in counts.enumerated() {
                if index % 2 == 1 { set(position..<position + count, in: pixels) }
                position += count
            }
        }
    }

    private func set(_ run: Range<Int>, in pixels: UnsafeMutableBufferPointer<UInt8>) {
        var (column, row) = run.lowerBound.quotientAndRemainder(dividingBy: height)
        for _ in run {
            pixels[row * width + column] = 1
            row += 1
            if row == height { (column, row) = (column + 1, 0) }
        }
    }

    /// The number of pixels that belong to the mask.
    public var area: Int { stride(from: 1, to: counts.count, by: 2).reduce(0) { $0 + counts[$1] } }
}

extension BinaryMask {
    /// Visits the columns from the left. Several are copied at once: one alone would touch a cache line for each pixel.
    func forEachColumn(_ visit: (UnsafeBufferPointer<UInt8>) -> Void) {
        let most = 64
        var columns = [UInt8](repeating: 0, count: min(most, width) * height)
        values.withUnsafeBufferPointer { values in
            columns.withUnsafeMutableBufferPointer { columns in
                for first in stride(from: 0, to: width, by: most) {
                    let some = min(most, width - first)
                    for row in 0..<height {
                        for index in 0..<some { columns[index * height + row] = values[row * width + first + index] }
                    }
                    for index in 0..<some {
                        visit(UnsafeBufferPointer(rebasing: columns[index * height..<(index + 1) * height]))
                    }
                }
            }
        }
    }
}
