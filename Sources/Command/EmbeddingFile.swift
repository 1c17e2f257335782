import Foundation
import Segmentation

/// Embeddings in a file: a NumPy array of one or two dimensions, a JSON list of numbers, or what `clipseg embed` prints.
enum EmbeddingFile {
    private struct Object: Decodable {
        let embedding: [Float]
    }

    static func read(_ path: String) throws -> [[Float]] {
        let bytes = try Files.read(path)
        if path.hasSuffix(".npy") {
            let (values, shape) = try NumPyFile.decode(bytes)
            let width = shape.last ?? 0
            guard (1...2).contains(shape.count), width > 0 else {
                throw invalid(path, "has the shape \(shape); it should be [n] or [prompts, n]")
            }
            return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
        }
        let data = Data(bytes)
        if let values = try? JSONDecoder().decode([Float].self, from: data) { return [values] }
        if let values = try? JSONDecoder().decode([[Float]].self, from: data) { return values }
        if let object = try? JSONDecoder().decode(Object.self, from: data) { return [object.embedding] }
        throw invalid(path, "is neither a .npy file nor a JSON list of numbers")
    }

    private static func invalid(_ path: String, _ problem: String) -> InputError {
        InputError(.malformed, code: "invalid_embedding", parameter: "embedding", "\(path) \(problem).")
    }
}
