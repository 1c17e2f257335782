import Synchronization

/// The weights of a model, as 32-bit numbers by name and shape.
final class Checkpoint: Sendable {
    private let tensors: [String: StoredTensor]
    private let unread: Mutex<Set<String>>

    /// Opens the files of weights in `folder`.
    init(_ folder: CheckpointFolder) throws(CheckpointError) {
        tensors = try folder.tensors()
        unread = Mutex(Set(tensors.keys))
    }

    /// Whether some tensor's name begins with `prefix`.
    func contains(prefix: String) -> Bool {
        tensors.keys.contains { $0.hasPrefix(prefix) }
    }

    /// The tensor `name`, row by row.
    ///
    /// - Throws: `CheckpointError` if there is none, or if it is not of this shape.
    func values(_ name: String, _ shape: [Int]) throws(CheckpointError) -> [Float] {
        try tensor(name, shape).values(name)
    }

    /// Calls `body` with the tensor `name`, row by row, if possible without a copy.
    ///
    /// - Throws: `CheckpointError` as `values`, and what `body` throws.
    func withValues<Result>(
        _ name: String, _ shape: [Int], _ body: (UnsafeBufferPointer<Float>) throws -> Result
    ) throws -> Result {
        try tensor(name, shape).withValues(name, body)
    }

    private func tensor(_ name: String, _ shape: [Int]) throws(CheckpointError) -> StoredTensor {
        guard let tensor = tensors[name] else { throw .missingTensor(name: name, expected: shape) }
        guard tensor.shape == shape else { throw .wrongShape(name: name, expected: shape, found: tensor.shape) }
        unread.withLock { _ = $0.remove(name) }
        return tensor
    }

    /// The tensors that nobody asked for. `position_ids`, which old versions of transformers wrote, are left out.
    var unknownTensors: [String] {
        unread.withLock { $0.filter { !$0.hasSuffix("position_ids") }.sorted() }
    }
}
