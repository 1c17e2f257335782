import Compute

/// Two linear layers with an activation between them.
struct MultiLayerPerceptron: Sendable {
    private let first: Linear
    private let second: Linear
    private let activation: Activation

    init(_ weights: WeightReader, width: Int, intermediate: Int, activation: Activation, operand: Element) throws {
        first = try weights["fc1"].linear(inputs: width, outputs: intermediate, operand: operand)
        second = try weights["fc2"].linear(inputs: intermediate, outputs: width, operand: operand)
        self.activation = activation
    }

    /// The format that `input` is best given in.
    var operand: Element { first.operand }

    /// Adds to `residual` what the layers make of `input`.
    func callAsFunction(_ input: Matrix, addingTo residual: inout Matrix, on backend: any Backend) throws {
        let hidden = try backend.linear(input, first, activation: activation, result: second.operand)
        try backend.linear(hidden, second, addingTo: &residual)
    }
}
