extension BinaryMask {
    /// The pixels at most `radius` pixels away from one that belongs to the mask, centre to centre: dilation by a disc.
    ///
    /// - Precondition: `radius` is not negative.
    public func grown(by radius: Double) -> BinaryMask {
        replacingNeighbours(of: 1, within: radius)
    }

    /// The pixels of the mask that are more than `radius` pixels away from all that don't belong to it: erosion by a disc.
    /// Beyond the edge of the picture nobody knows what belongs to the mask, so that nothing is taken away there.
    ///
    /// - Precondition: `radius` is not negative.
    public func shrunk(by radius: Double) -> BinaryMask {
        replacingNeighbours(of: 0, within: radius)
    }

    /// Gives the value to all pixels within the radius of one that has it.
    private func replacingNeighbours(of value: UInt8, within radius: Double) -> BinaryMask {
        precondition(radius >= 0, "a radius is not negative")
        guard let distances = DistanceTransform(of: self, to: value) else { return self }
        // No two pixels are farther apart; squared, it is an integer.
        let limit = Int(min(radius, Double(width + height)) * min(radius, Double(width + height)))
        var scratch = DistanceTransform.Scratch(width: width)
        return BinaryMask(width: width, height: height) { pixels in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: width) { squares in
                for row in 0..<height {
                    distances.write(row, into: squares, scratch: &scratch)
                    for column in 0..<width {
                        pixels[row * width + column] = squares[column] <= limit ? value : 1 ^ value
                    }
                }
            }
        }
    }
}
