import CLIPSeg
import Compute

extension ModelPool {
    /// How well labels describe an image.
    public struct Classification: Sendable, Encodable {
        /// One label.
        public struct Score: Sendable, Encodable {
            /// The label as it was given.
            public let label: String
            /// `logits_per_image`: the scaled cosine similarity.
            public let logit: Float
            /// The softmax of the logits over all labels.
            public let score: Float
        }

        /// The labels in the order in which they were given.
        public let labels: [Score]
    }

    /// Compares an image with labels, as `CLIPSegModel.forward` does.
    ///
    /// - Throws: as `segment` does.
    public func classify(image: [UInt8], labels: [String]) async throws -> Classification {
        guard !labels.isEmpty else {
            throw InputError(
                .malformed, code: "missing_parameter", parameter: "label", "There is no label. Give at least one.")
        }
        for label in labels { try InputError.requireWords(label, parameter: "label") }
        return try await admitted {
            let pixels = try await pixelValues(image)
            return try await compute { [model] in
                let inputIDs = try labels.map { label in try model.inputIDs(label, parameter: "label") }
                let output = try model.model.clip(inputIDs, pixels)
                let logits = output.logitsPerImage.values
                let scores = PortableBackend().softmax(output.logitsPerImage).values
                return Classification(
                    labels: labels.indices.map {
                        Classification.Score(label: labels[$0], logit: logits[$0], score: scores[$0])
                    })
            }
        }
    }
}
