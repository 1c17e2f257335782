extension CLIPSegConfig {
    /// How many of the image encoder's layers the decoder needs: those up to the last extracted one.
    var encodedLayers: Int { (extractLayers.max() ?? -1) + 1 }

    /// The multiplications and additions in the matrix products that encode one image for the decoder: patches, the layers
    /// up to the last extracted one, and within them attention's scores and sums.
    public func imageEncoderOperations(width: Int, height: Int) -> Double {
        let vision = visionConfig
        let patches = (width / vision.patchSize) * (height / vision.patchSize)
        let tokens = patches + 1
        let embedding = patches * vision.numChannels * vision.patchSize * vision.patchSize * vision.hiddenSize
        let weights = 4 * vision.hiddenSize * vision.hiddenSize + 2 * vision.hiddenSize * vision.intermediateSize
        let attention = 2 * tokens * vision.hiddenSize
        return 2 * Double(embedding + encodedLayers * tokens * (weights + attention))
    }
}
