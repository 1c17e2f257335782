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
        let parts = (input.rows + Self.mostRows - 1) / Self.mostRows
        for part in 0..<parts {
            let rows = input.rows * part / parts..<input.rows * (part + 1) / parts
            let hidden = try backend.linear(
                input.rows(rows), first, activation: activation, result: second.operand)
            try backend.linear(hidden, second, addingTo: &residual, from: rows.lowerBound)
        }
    }

    /// Of more rows, what is between the layers would be too large for the caches; a published model's image has fewer.
    private static let mostRows = 512
}
