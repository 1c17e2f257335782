/// Which of several prompts is the most probable at each pixel.
public enum LabelMap {
    /// Writes a row of label numbers: 0 where no prompt reaches its threshold; else one more than the index of the prompt
    /// whose probability is the largest of those that do, the first of equals.
    ///
    /// - Precondition: there are 1 to 255 prompts, a threshold for each, and all rows are equally long.
    public static func writeRow(
        probabilities: [UnsafeBufferPointer<Float>], thresholds: [Float], into labels: UnsafeMutableBufferPointer<UInt8>
    ) {
        precondition((1...255).contains(probabilities.count), "labels that fit a byte")
        precondition(probabilities.count == thresholds.count, "a threshold for each prompt")
        precondition(probabilities.allSatisfy { $0.count == labels.count }, "rows of the same length")
        labels.update(repeating: 0)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: labels.count) { best in
            best.initialize(repeating: -.infinity)
            for (index, (row, threshold)) in zip(probabilities, thresholds).enumerated() {
                let label = UInt8(index + 1)
                for column in 0..<labels.count where row[column] >= threshold && row[column] > best[column] {
                    (labels[column], best[column]) = (label, row[column])
                }
            }
        }
    }

    /// Black for the background and a colour for each of `count` labels: the colours of the PASCAL VOC segmentation
    /// benchmark, where the bits of a label's number, from the lowest up, are dealt in turn to the highest bits of red, green
    /// and blue. No two are the same.
    ///
    /// - Precondition: `count` is 0...255.
    public static func palette(labels count: Int) -> [RGBColor] {
        precondition((0...255).contains(count), "labels that fit a byte")
        return (0...count).map { label in
            var color = RGBColor(red: 0, green: 0, blue: 0)
            for bit in 0..<3 {
                let triple = UInt8(truncatingIfNeeded: label >> (3 * bit))
                let place = UInt8(7 - bit)
                color.red |= (triple & 1) << place
                color.green |= (triple >> 1 & 1) << place
                color.blue |= (triple >> 2 & 1) << place
            }
            return color
        }
    }
}
