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

    func linear(inputs: Int, outputs: Int, bias: Bool = true) throws -> Linear {
        try backend.pack(
            weights: try values("weight", outputs, inputs), inputs: inputs, outputs: outputs,
            bias: bias ? try values("bias", outputs) : nil)
    }

    func layerNorm(width: Int, epsilon: Float) throws -> LayerNorm {
        LayerNorm(gain: try values("weight", width), offset: try values("bias", width), epsilon: epsilon)
    }
}
