@testable import CLIPSeg

extension FuzzTarget {
    /// A `config.json`. What it says is possible, or it is refused with a message that names the file.
    static let configuration = FuzzTarget(maxLength: 1024) { bytes in
        let config: CLIPSegConfig
        do throws(ConfigurationError) {
            config = try CLIPSegConfig(json: bytes)
        } catch {
            require(error.description.hasPrefix("config.json"), "a message that names the file")
            return
        }
        let (text, vision) = (config.textConfig, config.visionConfig)
        require(text.hiddenSize % text.numAttentionHeads == 0, "heads of equal width")
        require(vision.hiddenSize % vision.numAttentionHeads == 0, "heads of equal width")
        require(config.reduceDim % config.decoderNumAttentionHeads == 0, "heads of equal width")
        require(config.extractLayers.allSatisfy { (0..<vision.numHiddenLayers).contains($0) }, "layers that exist")
        require(config.extractLayers.indices.contains(config.conditionalLayer), "a decoder layer that exists")
        require(vision.trainedGridSize > 0, "patches")
        require(!config.useComplexTransposedConvolution || config.transposedKernelSize > 0, "a kernel")
    }
}
