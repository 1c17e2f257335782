import Compute

@testable import CLIPSeg

extension FuzzTarget {
    /// A `config.json` beside the weights of the tests' smallest model, which it may not fit. The model is refused, or it
    /// segments.
    static let model = FuzzTarget(maxLength: 1024) { bytes in
        bytes.withUnsafeBytes { config in
            let files = [
                "config.json": FileBytes(name: "config.json", embedded: config),
                WeightFileKind.safetensors.singleFile: weights,
            ]
            let model: CLIPSegForImageSegmentation
            do {
                model = try CLIPSegForImageSegmentation(
                    CheckpointFolder(name: "fuzz", embedded: files),
                    backend: PortableBackend(precision: .fp32, threads: 1))
            } catch {
                require(error is CheckpointError || error is ConfigurationError, "an error that says what to do")
                return
            }
            check(model)
        }
    }

    private static func check(_ model: CLIPSegForImageSegmentation) {
        let patch = model.config.visionConfig.patchSize
        let (rows, columns) = (2, 3)
        let pixels = PixelValues(
            images: 1, height: rows * patch + 1, width: columns * patch,
            values: [Float](repeating: 0.25, count: 3 * (rows * patch + 1) * columns * patch))
        guard let logits = try? model(pixels, inputIDs: [[0, 5, 2], [0, 7, 2]]).logits else {
            fatalError("Broken promise: what loads can segment")
        }
        let kernel = model.config.transposedKernelSize
        let side = model.config.useComplexTransposedConvolution ? kernel * kernel : patch
        require(
            (logits.prompts, logits.height, logits.width) == (2, rows * side, columns * side), "two planes of its size")
        require(logits.values.count == 2 * rows * columns * side * side, "two planes of its size")
    }

    private static let weights = {
        // Targets run at the top of the repository.
        guard let file = try? FileBytes(path: "Tests/CLIPSegTests/Fixtures/simple/model.safetensors") else {
            fatalError("The tests' fixtures are not there")
        }
        return file
    }()
}
