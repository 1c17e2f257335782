import Compute

/// Two linear layers with an activation between them.
struct MultiLayerPerceptron: Sendable {
    private let first: Linear
    private let second: Linear
    private let activation: Activation

    init(_ weights: WeightReader, width: Int, intermediate: Int, activation: Activation) throws {
        first = try weights["fc1"].linear(inputs: width, outputs: intermediate)
        second = try weights["fc2"].linear(inputs: intermediate, outputs: width)
        self.activation = activation
    }

    func callAsFunction(_ input: Matrix, addingTo residual: inout Matrix, on backend: any Backend) throws {
        let hidden = try backend.linear(input, first, activation: activation, result: nil)
        try backend.linear(hidden, second, addingTo: &residual)
    }
}
