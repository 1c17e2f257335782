/// The linear function of red, green and blue that fits a plane best, around each pixel: the coefficients of the guided
/// filter (He, Sun, Tang 2013, equations 19 to 21).
struct FittedColors: Sendable {
    /// What the three channels are multiplied by.
    let slopes: [FloatPlane]
    /// What is added.
    let offset: FloatPlane

    /// - Parameters:
    ///   - plane: what to fit.
    ///   - colors: red, green and blue, 0...1, of the same size.
    ///   - radius: how many values the window reaches to each side.
    ///   - epsilon: what is added to the variances.
    init(_ plane: FloatPlane, to colors: [FloatPlane], radius: Int, epsilon: Float) {
        let mean = plane.boxMean(radius: radius)
        let means = colors.map { $0.boxMean(radius: radius) }
        func covariance(_ one: FloatPlane, _ other: FloatPlane, means: (FloatPlane, FloatPlane)) -> FloatPlane {
            one.times(other).boxMean(radius: radius).minus(means.0.times(means.1))
        }
        let withPlane = (0..<3).map { covariance(colors[$0], plane, means: (means[$0], mean)) }
        // The upper triangle, row by row.
        let pairs = [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]
        let matrix = pairs.map { covariance(colors[$0.0], colors[$0.1], means: (means[$0.0], means[$0.1])) }

        let slopes = Self.solve(matrix, withPlane, epsilon: epsilon)
        let offset = (0..<3).reduce(mean) { $0.minus(slopes[$1].times(means[$1])) }
        self.slopes = slopes.map { $0.boxMean(radius: radius) }
        self.offset = offset.boxMean(radius: radius)
    }

    /// Solves (matrix + epsilon · identity) · slopes = right side, value by value. The matrix is one of covariances, so that
    /// epsilon keeps its determinant away from 0.
    private static func solve(_ matrix: [FloatPlane], _ rightSide: [FloatPlane], epsilon: Float) -> [FloatPlane] {
        let (width, height) = (rightSide[0].width, rightSide[0].height)
        var slopes = [[Float]](repeating: [Float](repeating: 0, count: width * height), count: 3)
        for index in 0..<width * height {
            let (xx, xy, xz) = (matrix[0].values[index] + epsilon, matrix[1].values[index], matrix[2].values[index])
            let (yy, yz, zz) = (
                matrix[3].values[index] + epsilon, matrix[4].values[index], matrix[5].values[index] + epsilon
            )
            let right = SIMD3(rightSide[0].values[index], rightSide[1].values[index], rightSide[2].values[index])
            let first = SIMD3(yy * zz - yz * yz, xz * yz - xy * zz, xy * yz - xz * yy)
            let second = SIMD3(first.y, xx * zz - xz * xz, xy * xz - xx * yz)
            let third = SIMD3(first.z, second.z, xx * yy - xy * xy)
            let determinant = xx * first.x + xy * first.y + xz * first.z
            slopes[0][index] = (first * right).sum() / determinant
            slopes[1][index] = (second * right).sum() / determinant
            slopes[2][index] = (third * right).sum() / determinant
        }
        return slopes.map { FloatPlane(width: width, height: height, values: $0) }
    }
}

extension FloatPlane {
    fileprivate func times(_ other: FloatPlane) -> FloatPlane { combined(with: other) { $0 * $1 } }
    fileprivate func minus(_ other: FloatPlane) -> FloatPlane { combined(with: other) { $0 - $1 } }

    @inline(__always)
    private func combined(with other: FloatPlane, _ value: (Float, Float) -> Float) -> FloatPlane {
        values.withUnsafeBufferPointer { values in
            other.values.withUnsafeBufferPointer { others in
                FloatPlane(width: width, height: height) { row, target in
                    let start = row * width
                    for column in 0..<width { target[column] = value(values[start + column], others[start + column]) }
                }
            }
        }
    }
}
