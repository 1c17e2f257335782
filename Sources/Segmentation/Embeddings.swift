import CLIPSeg
import Compute
import Imaging

extension ModelPool {
    /// A text in the space that texts and images share: `projectionDim` numbers, not normalised.
    ///
    /// - Throws: as `segment` does.
    public func embedding(text: String) async throws -> [Float] {
        try InputError.requireWords(text, parameter: "text")
        return try await modelWorkers.run { [self] in
            try prompts.textFeatures([model.inputIDs(text, parameter: "text")]).values
        }
    }

    /// An image in the space that texts and images share: `projectionDim` numbers, not normalised.
    ///
    /// - Throws: as `segment` does.
    public func embedding(image: [UInt8]) async throws -> [Float] {
        let pixels = try await pixelValues(image)
        return try await modelWorkers.run { [self] in try model.model.clip.imageFeatures(pixels).values }
    }

    func pixelValues(_ bytes: [UInt8]) async throws -> PixelValues {
        try await imageWorkers.run(bytes: images.decodingBytes(of: bytes, "image")) { [self] in
            try images.pixelValues(images.decode(bytes, "image"), "image")
        }
    }
}
