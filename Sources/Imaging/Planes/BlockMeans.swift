extension FloatPlane {
    /// The means of blocks of `factor × factor` values. Blocks that reach over the right or the lower edge are filled up by
    /// reflection.
    ///
    /// - Parameter row: writes the row of the given number, `width` values; called for each, mostly from the top.
    static func blockMeans(
        width: Int, height: Int, factor: Int,
        row write: (_ number: Int, _ values: UnsafeMutableBufferPointer<Float>) -> Void
    ) -> FloatPlane {
        let (columns, rows) = ((width + factor - 1) / factor, (height + factor - 1) / factor)
        var source = [Float](repeating: 0, count: columns * factor)
        var sums = [Float](repeating: 0, count: columns)
        let scale = 1 / Float(factor * factor)
        let means = [Float](unsafeUninitializedCapacity: columns * rows) { means, initializedCount in
            source.withUnsafeMutableBufferPointer { source in
                sums.withUnsafeMutableBufferPointer { sums in
                    for row in 0..<rows {
                        sums.update(repeating: 0)
                        for number in row * factor..<(row + 1) * factor {
                            write(
                                reflected(number, count: height), UnsafeMutableBufferPointer(rebasing: source[..<width])
                            )
                            for column in width..<source.count {
                                source[column] = source[reflected(column, count: width)]
                            }
                            addBlocks(of: UnsafeBufferPointer(source), factor: factor, to: sums)
                        }
                        for column in 0..<columns { means[row * columns + column] = sums[column] * scale }
                    }
                }
            }
            initializedCount = columns * rows
        }
        return FloatPlane(width: columns, height: rows, values: means)
    }

    private static func addBlocks(
        of source: UnsafeBufferPointer<Float>, factor: Int, to sums: UnsafeMutableBufferPointer<Float>
    ) {
        for column in sums.indices {
            var sum: Float = 0
            for index in column * factor..<(column + 1) * factor { sum += source[index] }
            sums[column] += sum
        }
    }

    /// This plane as rows to take block means of.
    func copyRow(_ number: Int, into target: UnsafeMutableBufferPointer<Float>) {
        values.withUnsafeBufferPointer { values in
            _ = target.update(fromContentsOf: values[number * width..<(number + 1) * width])
        }
    }
}
