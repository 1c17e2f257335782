import Foundation

/// Embeddings in a file: a NumPy array of one or two dimensions, a JSON list of numbers, or what `clipseg embed` prints.
public enum EmbeddingFile {
    private struct Object: Decodable {
        let texts: [[Float]]
        let images: [[Float]]
    }

    /// The embeddings in a file whose name tells its format: `.npy` is NumPy's, anything else JSON.
    ///
    /// - Throws: `InputError` if the bytes are something else.
    public static func decode(_ bytes: [UInt8], name: String) throws(InputError) -> [[Float]] {
        if name.hasSuffix(".npy") {
            let (values, shape) = try array(bytes, name)
            let width = shape.last ?? 0
            guard (1...2).contains(shape.count), width > 0 else {
                throw invalid(name, "has the shape \(shape); it should be [n] or [prompts, n]")
            }
            return stride(from: 0, to: values.count, by: width).map { Array(values[$0..<$0 + width]) }
        }
        let data = Data(bytes)
        if let values = try? JSONDecoder().decode([Float].self, from: data) { return [values] }
        if let values = try? JSONDecoder().decode([[Float]].self, from: data) { return values }
        if let object = try? JSONDecoder().decode(Object.self, from: data) { return object.texts + object.images }
        throw invalid(name, "is neither a .npy file nor a JSON list of numbers")
    }

    private static func array(_ bytes: [UInt8], _ name: String) throws(InputError) -> (values: [Float], shape: [Int]) {
        do throws(NumPyFile.FormatError) {
            return try NumPyFile.decode(bytes)
        } catch {
            throw invalid(name, "can't be used: \(error.description)")
        }
    }

    private static func invalid(_ name: String, _ problem: String) -> InputError {
        InputError(.malformed, code: "invalid_embedding", parameter: "embedding", "\(name) \(problem).")
    }
}
