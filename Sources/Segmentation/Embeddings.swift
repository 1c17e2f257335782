import CLIPSeg
import Compute

extension ModelPool {
    /// A text in the space that texts and images share: `projectionDim` numbers, not normalised.
    ///
    /// - Throws: as `segment` does.
    public func embedding(text: String) async throws -> [Float] {
        try InputError.requireWords(text, parameter: "text")
        return try await admitted {
            try await compute { [model, prompts] in
                try prompts.textFeatures([model.inputIDs(text, parameter: "text")]).values
            }
        }
    }

    /// An image in the space that texts and images share: `projectionDim` numbers, not normalised.
    ///
    /// - Throws: as `segment` does.
    public func embedding(image: [UInt8]) async throws -> [Float] {
        try await admitted {
            let pixels = try await pixelValues(image)
            return try await compute { [model] in try model.model.clip.imageFeatures(pixels).values }
        }
    }
}
