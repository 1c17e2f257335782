extension FloatPlane {
    /// The mean over the square of `2·radius + 1` values a side around each value, in the same time for any radius: running
    /// sums, in 64 bits so that they do not drift. Beyond its edges the plane is reflected: c b a | a b c | c b a.
    ///
    /// - Precondition: `radius` is not negative.
    public func boxMean(radius: Int) -> FloatPlane {
        precondition(radius >= 0, "a radius is not negative")
        return radius == 0 ? self : meansAlongRows(radius).meansAlongColumns(radius)
    }

    private func meansAlongRows(_ radius: Int) -> FloatPlane {
        let scale = 1 / Double(2 * radius + 1)
        var padded = [Float](repeating: 0, count: width + 2 * radius)
        return FloatPlane(width: width, height: height) { row, target in
            padded.withUnsafeMutableBufferPointer { padded in
                copyRow(row, into: UnsafeMutableBufferPointer(rebasing: padded[radius..<radius + width]))
                padded.reflectMargins(radius)
                var sum = padded[..<(2 * radius)].reduce(0) { $0 + Double($1) }
                for column in 0..<width {
                    sum += Double(padded[column + 2 * radius])
                    target[column] = Float(sum * scale)
                    sum -= Double(padded[column])
                }
            }
        }
    }

    private func meansAlongColumns(_ radius: Int) -> FloatPlane {
        let scale = 1 / Double(2 * radius + 1)
        var sums = [Double](repeating: 0, count: width)
        return values.withUnsafeBufferPointer { values in
            sums.withUnsafeMutableBufferPointer { sums in
                func add(_ row: Int, times sign: Double) {
                    guard let sums = sums.baseAddress, let values = values.baseAddress else { return }
                    let source = values + reflected(row, count: height) * width
                    for column in 0..<width { sums[column] += sign * Double(source[column]) }
                }
                for row in -radius..<radius { add(row, times: 1) }
                return FloatPlane(width: width, height: height) { row, target in
                    add(row + radius, times: 1)
                    for column in 0..<width { target[column] = Float(sums[column] * scale) }
                    add(row - radius, times: -1)
                }
            }
        }
    }
}
