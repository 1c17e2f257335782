import Testing

@testable import CLIPSeg

/// Sparse and old configurations, with the values that transformers resolves them to.
@Suite struct ConfigurationTests {
    @Test(
        "A model configuration resolves to what transformers makes of it", arguments: ConfigurationCases.shared.config)
    func model(configuration: ConfigurationCase<ResolvedModel>) throws {
        #expect(try CLIPSegConfig(json: configuration.json) == (try configuration.resolved.expected))
    }

    @Test(
        "A preprocessor configuration resolves to what transformers makes of it",
        arguments: ConfigurationCases.shared.preprocessorConfig)
    func processor(configuration: ConfigurationCase<ResolvedProcessor>) throws {
        #expect(try CLIPSegImageProcessor(json: configuration.json) == (try configuration.resolved.expected))
    }

    @Test("The table of cases is not empty") func cases() {
        #expect(ConfigurationCases.shared.config.count >= 5)
        #expect(ConfigurationCases.shared.preprocessorConfig.count >= 5)
    }

    @Test("An empty object leaves everything to the defaults") func defaults() throws {
        #expect(try CLIPSegConfig(json: "{}".utf8) == CLIPSegConfig())
        #expect(try CLIPSegImageProcessor(json: "{}".utf8) == CLIPSegImageProcessor())
    }

    @Test("A square may be given by two equal sides, and null stands for the default") func sides() throws {
        let config = try CLIPSegConfig(
            json: #"{"reduce_dim": null, "vision_config": {"image_size": [352, 352], "patch_size": null}}"#.utf8)
        #expect(config.visionConfig.imageSize == 352)
        #expect(config.visionConfig.patchSize == 32)
        #expect(config.reduceDim == 64)
    }

    @Test("Tokens may be set to none") func noTokens() throws {
        let config = try CLIPSegConfig(json: #"{"text_config": {"pad_token_id": null, "bos_token_id": null}}"#.utf8)
        #expect(config.textConfig.padTokenID == nil)
        #expect(config.textConfig.bosTokenID == nil)
    }
}
