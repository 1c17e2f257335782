import Foundation
import Segmentation

extension FuzzTarget {
    /// A file of embeddings, NumPy's if it begins like one. Each has numbers, and written as JSON they are the same.
    static let embedding = FuzzTarget(maxLength: 512) { bytes in
        let isNumPy = bytes.first == 0x93
        guard let embeddings = try? EmbeddingFile.decode(bytes, name: isNumPy ? "fuzz.npy" : "fuzz.json") else {
            return
        }
        if isNumPy {
            require(embeddings.allSatisfy { $0.count == embeddings[0].count && !$0.isEmpty }, "rows of equal width")
        }
        // JSON can't say infinity; and a list of none may be of numbers or of lists.
        guard embeddings.joined().allSatisfy(\.isFinite), !embeddings.isEmpty else { return }
        guard let json = try? JSONEncoder().encode(embeddings) else {
            fatalError("Broken promise: numbers can be written")
        }
        require((try? EmbeddingFile.decode(Array(json), name: "again.json")) == embeddings, "the same numbers")
    }
}
