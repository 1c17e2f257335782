import CLIPSeg
import Compute

/// From prompts to conditional embeddings; texts are remembered.
struct PromptEncoder: Sendable {
    let model: LoadedModel
    let knownTexts: TextFeatureCache

    /// `[prompts, projectionDim]`; the texts go through the encoder as one batch.
    func conditionalEmbeddings(_ prompts: [PreparedRequest.Prompt]) throws -> Matrix {
        let texts = prompts.compactMap { if case .tokens(let inputIDs) = $0 { inputIDs } else { nil } }
        var textFeatures = texts.isEmpty ? [] : try self.textFeatures(texts).rowMatrices[...]
        return .concatenating(
            try prompts.map { prompt in
                switch prompt {
                case .image(let pixels, _): try model.model.clip.imageFeatures(pixels)
                case .embedding(let values): Matrix(rows: 1, columns: values.count, values)
                case .tokens: textFeatures.removeFirst()
                }
            })
    }

    /// `[texts, projectionDim]`.
    func textFeatures(_ texts: [[Int]]) throws -> Matrix {
        try knownTexts.features(of: texts) { unknown in try model.model.clip.textFeatures(unknown) }
    }
}
