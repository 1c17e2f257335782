import Imaging

/// Which of several prompts is the most probable at each pixel, gathered prompt by prompt.
struct LabelMapRendering {
    private let size: ImageSize
    private var labels: [UInt8]
    private var best: [Float]

    init(_ size: ImageSize) {
        self.size = size
        labels = [UInt8](repeating: 0, count: size.pixels)
        best = [Float](repeating: -.infinity, count: size.pixels)
    }

    /// Takes a prompt's pixels where it is more probable than all before.
    mutating func add(_ prompt: Int, _ probabilities: FloatPlane, _ mask: BinaryMask) {
        let label = UInt8(prompt + 1)
        for pixel in labels.indices where mask.values[pixel] == 1 && probabilities.values[pixel] > best[pixel] {
            (labels[pixel], best[pixel]) = (label, probabilities.values[pixel])
        }
    }

    /// A PNG file with a colour for each prompt, and what it stands for as text.
    func file(_ names: [String], text: [PNGText]) throws -> [UInt8] {
        let names = names.enumerated().map { PNGText(keyword: "Label \($0.offset + 1)", text: $0.element) }
        return try PNGEncoder.encodeIndexed(
            width: size.width, height: size.height, palette: LabelMap.palette(labels: names.count), text: names + text
        ) { row, bytes in
            for column in 0..<bytes.count { bytes[column] = labels[row * size.width + column] }
        }
    }
}
