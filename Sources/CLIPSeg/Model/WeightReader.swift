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
        Matrix(rows: rows, columns: columns, try values(name, rows, columns))
    }

    func linear(inputs: Int, outputs: Int, bias: Bool = true, operand: Element? = nil) throws -> Linear {
        try backend.pack(
            weights: try values("weight", outputs, inputs), inputs: inputs, outputs: outputs,
            bias: bias ? try values("bias", outputs) : nil, operand: operand)
    }

    func layerNorm(width: Int, epsilon: Float) throws -> LayerNorm {
        LayerNorm(gain: try values("weight", width), offset: try values("bias", width), epsilon: epsilon)
    }
}
