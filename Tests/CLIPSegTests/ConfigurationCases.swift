import Foundation
import Imaging
import Testing

@testable import CLIPSeg

extension JSONValue: Encodable {
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let values): try container.encode(values)
        case .object(let values): try container.encode(values)
        }
    }
}

/// A configuration file and what it means.
struct ConfigurationCase<Resolved: Decodable & Sendable>: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    /// The file itself, written out again.
    let json: Data
    let resolved: Resolved

    var testDescription: String { name }

    private enum CodingKeys: CodingKey { case name, config, resolved }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        name = try container.decode(String.self, forKey: .name)
        json = try JSONEncoder().encode(try container.decode(JSONValue.self, forKey: .config))
        resolved = try container.decode(Resolved.self, forKey: .resolved)
    }
}

/// The contents of `configs.json`.
struct ConfigurationCases: Decodable, Sendable {
    let config: [ConfigurationCase<ResolvedModel>]
    let preprocessorConfig: [ConfigurationCase<ResolvedProcessor>]

    /// None, if the file can't be read.
    static let shared: ConfigurationCases = {
        do {
            let file = try Data(contentsOf: URL(fileURLWithPath: Fixture.root + "/configs.json"))
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            return try decoder.decode(ConfigurationCases.self, from: file)
        } catch {
            Issue.record(error, "configs.json")
            return ConfigurationCases(config: [], preprocessorConfig: [])
        }
    }()

    private init(config: [ConfigurationCase<ResolvedModel>], preprocessorConfig: [ConfigurationCase<ResolvedProcessor>])
    {
        self.config = config
        self.preprocessorConfig = preprocessorConfig
    }
}

/// Every value of a resolved `config.json`.
struct ResolvedModel: Decodable, Sendable {
    struct Text: Decodable, Sendable {
        let hiddenSize: Int
        let intermediateSize: Int
        let numHiddenLayers: Int
        let numAttentionHeads: Int
        let hiddenAct: String
        let layerNormEps: Float
        let vocabSize: Int
        let maxPositionEmbeddings: Int
        let padTokenId: Int?
        let bosTokenId: Int?
        let eosTokenId: Int
    }

    struct Vision: Decodable, Sendable {
        let hiddenSize: Int
        let intermediateSize: Int
        let numHiddenLayers: Int
        let numAttentionHeads: Int
        let hiddenAct: String
        let layerNormEps: Float
        let numChannels: Int
        let imageSize: Int
        let patchSize: Int
    }

    let projectionDim: Int
    let logitScaleInitValue: Float
    let extractLayers: [Int]
    let reduceDim: Int
    let decoderNumAttentionHeads: Int
    let decoderHiddenAct: String
    let decoderIntermediateSize: Int
    let conditionalLayer: Int
    let useComplexTransposedConvolution: Bool
    let textConfig: Text
    let visionConfig: Vision

    var expected: CLIPSegConfig {
        get throws {
            var text = CLIPSegTextConfig()
            text.hiddenSize = textConfig.hiddenSize
            text.intermediateSize = textConfig.intermediateSize
            text.numHiddenLayers = textConfig.numHiddenLayers
            text.numAttentionHeads = textConfig.numAttentionHeads
            text.hiddenAct = try #require(HiddenActivation(rawValue: textConfig.hiddenAct))
            text.layerNormEps = textConfig.layerNormEps
            text.vocabularySize = textConfig.vocabSize
            text.maxPositionEmbeddings = textConfig.maxPositionEmbeddings
            text.padTokenID = textConfig.padTokenId
            text.bosTokenID = textConfig.bosTokenId
            text.eosTokenID = textConfig.eosTokenId
            var vision = CLIPSegVisionConfig()
            vision.hiddenSize = visionConfig.hiddenSize
            vision.intermediateSize = visionConfig.intermediateSize
            vision.numHiddenLayers = visionConfig.numHiddenLayers
            vision.numAttentionHeads = visionConfig.numAttentionHeads
            vision.hiddenAct = try #require(HiddenActivation(rawValue: visionConfig.hiddenAct))
            vision.layerNormEps = visionConfig.layerNormEps
            vision.numChannels = visionConfig.numChannels
            vision.imageSize = visionConfig.imageSize
            vision.patchSize = visionConfig.patchSize
            var config = CLIPSegConfig(textConfig: text, visionConfig: vision)
            config.projectionDim = projectionDim
            config.logitScaleInitValue = logitScaleInitValue
            config.extractLayers = extractLayers
            config.reduceDim = reduceDim
            config.decoderNumAttentionHeads = decoderNumAttentionHeads
            config.decoderHiddenAct = try #require(HiddenActivation(rawValue: decoderHiddenAct))
            config.decoderIntermediateSize = decoderIntermediateSize
            config.conditionalLayer = conditionalLayer
            config.useComplexTransposedConvolution = useComplexTransposedConvolution
            return config
        }
    }
}

/// Every value of a resolved `preprocessor_config.json`.
struct ResolvedProcessor: Decodable, Sendable {
    struct Size: Decodable, Sendable {
        let height: Int
        let width: Int
    }

    let doResize: Bool
    let doRescale: Bool
    let doNormalize: Bool
    let resample: Int
    let rescaleFactor: Float
    let size: Size
    let imageMean: [Float]
    let imageStd: [Float]

    var expected: CLIPSegImageProcessor {
        get throws {
            var processor = CLIPSegImageProcessor()
            processor.resizes = doResize
            processor.height = size.height
            processor.width = size.width
            processor.filter = try #require(ResamplingFilter(rawValue: resample))
            processor.rescaleFactor = doRescale ? rescaleFactor : nil
            processor.mean = doNormalize ? imageMean : [0, 0, 0]
            processor.standardDeviation = doNormalize ? imageStd : [1, 1, 1]
            return processor
        }
    }
}
