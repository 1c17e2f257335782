import CLIPSeg
import Compute
import Foundation

/// What goes into `config.json` and `preprocessor_config.json`.
enum ConfigurationFile {
    /// What transformers calls a format.
    static func typeName(_ format: StoredFormat) -> String {
        switch format {
        case .float32: "float32"
        case .float16: "float16"
        case .bfloat16: "bfloat16"
        }
    }

    /// A `config.json` for a model that had none in this layout.
    static func json(_ config: CLIPSegConfig, format: StoredFormat) throws -> [UInt8] {
        try encoded(WholeConfiguration(config, typeName: typeName(format)))
    }

    /// The `preprocessor_config.json` of the published checkpoints: what the authors' code does to images.
    static func preprocessorJSON() throws -> [UInt8] { try encoded(Preprocessor()) }

    private static func encoded(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        encoder.keyEncodingStrategy = .convertToSnakeCase
        return [UInt8](try encoder.encode(value)) + [UInt8(ascii: "\n")]
    }

    /// A `config.json` that names another number format; all else stays as it is, letter for letter.
    static func changed(_ json: [UInt8], format: StoredFormat) -> [UInt8] {
        var scanner = TopLevelStrings(json)
        guard let range = scanner.value(of: ["dtype", "torch_dtype"]) else { return json }
        return json[..<range.lowerBound] + Array(typeName(format).utf8) + json[range.upperBound...]
    }
}

private struct WholeConfiguration: Encodable {
    let architectures = ["CLIPSegForImageSegmentation"]
    let modelType = "clipseg"
    let torchDtype: String
    let projectionDim: Int
    let logitScaleInitValue: Float
    let extractLayers: [Int]
    let reduceDim: Int
    let decoderNumAttentionHeads: Int
    let decoderHiddenAct: String
    let decoderIntermediateSize: Int
    let conditionalLayer: Int
    let useComplexTransposedConvolution: Bool
    let textConfig: TextConfiguration
    let visionConfig: VisionConfiguration

    init(_ config: CLIPSegConfig, typeName: String) {
        torchDtype = typeName
        projectionDim = config.projectionDim
        logitScaleInitValue = config.logitScaleInitValue
        extractLayers = config.extractLayers
        reduceDim = config.reduceDim
        decoderNumAttentionHeads = config.decoderNumAttentionHeads
        decoderHiddenAct = config.decoderHiddenAct.rawValue
        decoderIntermediateSize = config.decoderIntermediateSize
        conditionalLayer = config.conditionalLayer
        useComplexTransposedConvolution = config.useComplexTransposedConvolution
        textConfig = TextConfiguration(config.textConfig)
        visionConfig = VisionConfiguration(config.visionConfig)
    }
}

private struct TextConfiguration: Encodable {
    let modelType = "clipseg_text_model"
    let vocabSize: Int
    let hiddenSize: Int
    let intermediateSize: Int
    let numHiddenLayers: Int
    let numAttentionHeads: Int
    let maxPositionEmbeddings: Int
    let hiddenAct: String
    let layerNormEps: Float
    let padTokenId: Int?
    let bosTokenId: Int?
    let eosTokenId: Int

    init(_ config: CLIPSegTextConfig) {
        vocabSize = config.vocabularySize
        hiddenSize = config.hiddenSize
        intermediateSize = config.intermediateSize
        numHiddenLayers = config.numHiddenLayers
        numAttentionHeads = config.numAttentionHeads
        maxPositionEmbeddings = config.maxPositionEmbeddings
        hiddenAct = config.hiddenAct.rawValue
        layerNormEps = config.layerNormEps
        padTokenId = config.padTokenID
        bosTokenId = config.bosTokenID
        eosTokenId = config.eosTokenID
    }
}

private struct VisionConfiguration: Encodable {
    let modelType = "clipseg_vision_model"
    let hiddenSize: Int
    let intermediateSize: Int
    let numHiddenLayers: Int
    let numAttentionHeads: Int
    let numChannels: Int
    let imageSize: Int
    let patchSize: Int
    let hiddenAct: String
    let layerNormEps: Float

    init(_ config: CLIPSegVisionConfig) {
        hiddenSize = config.hiddenSize
        intermediateSize = config.intermediateSize
        numHiddenLayers = config.numHiddenLayers
        numAttentionHeads = config.numAttentionHeads
        numChannels = config.numChannels
        imageSize = config.imageSize
        patchSize = config.patchSize
        hiddenAct = config.hiddenAct.rawValue
        layerNormEps = config.layerNormEps
    }
}

private struct Preprocessor: Encodable {
    struct Size: Encodable {
        let height = 352
        let width = 352
    }

    let doResize = true
    let doRescale = true
    let doNormalize = true
    let imageMean = [0.485, 0.456, 0.406]
    let imageStd = [0.229, 0.224, 0.225]
    let resample = 2
    let size = Size()
    let imageProcessorType = "ViTImageProcessor"
}
