import Segmentation

extension FuzzTarget {
    /// A `.npy` file. It has as many numbers as its shape says, and written again the same ones.
    static let numPy = FuzzTarget(maxLength: 512) { bytes in
        guard let (values, shape) = try? NumPyFile.decode(bytes) else { return }
        require(values.count == shape.reduce(1, *), "as many numbers as the shape says")
        guard let again = try? NumPyFile.decode(NumPyFile.encode(values, shape: shape)) else {
            fatalError("Broken promise: what is written can be read")
        }
        require(again.shape == shape, "the same shape")
        require(again.values.map(\.bitPattern) == values.map(\.bitPattern), "the same numbers")
    }
}
