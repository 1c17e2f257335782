/// Pictures whose pixels say which of several prompts they belong to.
public enum LabelMap {
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
