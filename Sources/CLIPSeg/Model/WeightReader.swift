import Compute

/// Reads the parts of a model from a checkpoint, below a prefix, and packs them for a backend.
struct WeightReader {
    let checkpoint: Checkpoint
    let backend: any Backend
    let prefix: String

    init(_ checkpoint: Checkpoint, for backend: any Backend, prefix: String = "") {
        self.checkpoint = checkpoint
        self.backend = backend
        self.prefix = prefix
    }

    /// The CLIP part of a checkpoint, be it a whole CLIPSeg's or a `CLIPSegModel`'s.
    static func clip(_ folder: CheckpointFolder, for backend: any Backend) throws -> WeightReader {
        let weights = WeightReader(try Checkpoint(folder), for: backend)
        return weights.checkpoint.contains(prefix: "clip.") ? weights["clip"] : weights
    }

    /// What is named `name.` and something.
    subscript(name: String) -> WeightReader {
        WeightReader(checkpoint, for: backend, prefix: prefix + name + ".")
    }

    func values(_ name: String, _ shape: Int...) throws -> [Float] {
        try checkpoint.values(prefix + name, shape)
    }

    func table(_ name: String, rows: Int, columns: Int) throws -> Matrix {
        try checkpoint.withValues(prefix + name, [rows, columns]) { values in
            Matrix(rows: rows, columns: columns) { _ = $0.initialize(fromContentsOf: values) }
        }
    }

    func linear(inputs: Int, outputs: Int, bias: Bool = true, operand: Element? = nil) throws -> Linear {
        let bias = bias ? try values("bias", outputs) : nil
        return try checkpoint.withValues(prefix + "weight", [outputs, inputs]) { weights in
            try backend.pack(weights: weights, inputs: inputs, outputs: outputs, bias: bias, operand: operand)
        }
    }

    /// Several layers with the same input as one, whose outputs lie beside each other; `outputs` is how many each has.
    func linear(joining names: [String], inputs: Int, outputs: Int, operand: Element) throws -> Linear {
        var weights: [Float] = []
        for name in names {
            try checkpoint.withValues(prefix + name + ".weight", [outputs, inputs]) { values in
                weights.reserveCapacity(names.count * values.count)
                weights.append(contentsOf: values)
            }
        }
        return try backend.pack(
            weights: weights, inputs: inputs, outputs: names.count * outputs,
            bias: names.flatMap { try self[$0].values("bias", outputs) }, operand: operand)
    }

    func layerNorm(width: Int, epsilon: Float) throws -> LayerNorm {
        LayerNorm(gain: try values("weight", width), offset: try values("bias", width), epsilon: epsilon)
    }
}
