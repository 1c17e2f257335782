/// The parameters of a layer norm: `(x − mean) / √(variance + epsilon) · gain + offset`, over each row.
public struct LayerNorm: Sendable {
    /// One factor a column.
    public let gain: [Float]
    /// One summand a column.
    public let offset: [Float]
    /// Keeps a constant row finite.
    public let epsilon: Float

    /// Creates the parameters; `gain` and `offset` are as long as the rows are wide.
    public init(gain: [Float], offset: [Float], epsilon: Float) {
        precondition(gain.count == offset.count, "gain and offset differ in length")
        self.gain = gain
        self.offset = offset
        self.epsilon = epsilon
    }
}
