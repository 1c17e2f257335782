import Compute

/// Cuts images into patches and embeds each: a convolution whose stride is its kernel's size, as one product.
struct PatchEmbeddings: Sendable {
    private let projection: Linear
    private let patchSize: Int
    /// The numbers in a patch.
    private let inputs: Int

    init(_ weights: WeightReader, config: CLIPSegVisionConfig) throws {
        patchSize = config.patchSize
        inputs = config.numChannels * patchSize * patchSize
        // A bias would be added to class tokens as well.
        projection = try weights.backend.pack(
            weights: try weights.values("weight", config.hiddenSize, config.numChannels, patchSize, patchSize),
            inputs: inputs, outputs: config.hiddenSize, bias: nil)
    }

    /// The patches of an image of this size; pixels past the last whole one are dropped.
    func grid(width: Int, height: Int) -> PatchGrid {
        PatchGrid(rows: height / patchSize, columns: width / patchSize)
    }

    /// Adds the embedded patches to `tokens`, `[images × tokens, width]`, and nothing to the class tokens.
    func callAsFunction(_ pixels: PixelValues, addingTo tokens: inout Matrix, on backend: any Backend) throws {
        let grid = grid(width: pixels.width, height: pixels.height)
        let patches = Matrix(rows: pixels.images * grid.tokens, columns: inputs) { patches in
            pixels.values.withUnsafeBufferPointer { source in
                gather(source, pixels, grid, into: patches)
            }
        }
        try backend.linear(patches, projection, addingTo: &tokens)
    }

    /// Writes the patches in the order image, row, column, and within each channel, row, column. In place of a class token
    /// stands an empty patch.
    private func gather(
        _ source: UnsafeBufferPointer<Float>, _ pixels: PixelValues, _ grid: PatchGrid,
        into patches: UnsafeMutableBufferPointer<Float>
    ) {
        guard let source = source.baseAddress, var target = patches.baseAddress else { return }
        for image in 0..<pixels.images {
            target.update(repeating: 0, count: inputs)
            target += inputs
            for row in 0..<grid.rows {
                for column in 0..<grid.columns {
                    for channel in 0..<pixels.channels {
                        for line in 0..<patchSize {
                            let y = (image * pixels.channels + channel) * pixels.height + row * patchSize + line
                            target.update(from: source + y * pixels.width + column * patchSize, count: patchSize)
                            target += patchSize
                        }
                    }
                }
            }
        }
    }
}
