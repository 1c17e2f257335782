extension FloatPlane {
    /// The means of blocks of `factor × factor` values. Blocks that reach beyond the edges are filled up by reflection.
    ///
    /// - Parameters:
    ///   - margin: how many blocks more there are on each side, all of them reflections.
    ///   - row: writes the row of the given number, `width` values; called for each, mostly from the top.
    static func blockMeans(
        width: Int, height: Int, factor: Int, margin: Int = 0,
        row write: (_ number: Int, _ values: UnsafeMutableBufferPointer<Float>) -> Void
    ) -> FloatPlane {
        let columns = (width + factor - 1) / factor + 2 * margin
        let rows = (height + factor - 1) / factor + 2 * margin
        let before = margin * factor
        var source = [Float](repeating: 0, count: columns * factor)
        let scale = 1 / Float(factor * factor)
        return FloatPlane(width: columns, height: rows) { row, means in
            source.withUnsafeMutableBufferPointer { source in
                means.update(repeating: 0)
                let inner = UnsafeMutableBufferPointer(rebasing: source[before..<before + width])
                for number in row * factor..<(row + 1) * factor {
                    write(reflected(number - before, count: height), inner)
                    for column in 0..<before { source[column] = inner[reflected(column - before, count: width)] }
                    for column in before + width..<source.count {
                        source[column] = inner[reflected(column - before, count: width)]
                    }
                    addBlocks(of: UnsafeBufferPointer(source), factor: factor, to: means)
                }
                for column in 0..<columns { means[column] *= scale }
            }
        }
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
