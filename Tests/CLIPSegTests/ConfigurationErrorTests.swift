import Testing

@testable import CLIPSeg

/// Configurations that no model can have: each is refused with words that name the key.
@Suite struct ConfigurationErrorTests {
    /// A file, and what its error must mention.
    struct Impossible: Sendable, CustomTestStringConvertible {
        let json: String
        let mention: String

        init(_ json: String, _ mention: String) {
            self.json = json
            self.mention = mention
        }

        var testDescription: String { "\(mention): \(json.prefix(80))" }
    }

    private static let sizes = [
        "projection_dim", "reduce_dim", "decoder_num_attention_heads", "decoder_intermediate_size",
    ]
    private static let encoderSizes = ["hidden_size", "intermediate_size", "num_hidden_layers", "num_attention_heads"]
    private static let notSizes = [
        "0", "-1", "-9223372036854775808", "9223372036854775807", "1e30", "0.5", #""8""#, "true", "[]", "{}",
    ]

    static let impossibleSizes: [Impossible] =
        notSizes.flatMap { value in
            sizes.map { Impossible("{\"\($0)\": \(value)}", $0) }
                + ["text_config", "vision_config"].flatMap { encoder in
                    encoderSizes.map { Impossible("{\"\(encoder)\": {\"\($0)\": \(value)}}", "\(encoder).\($0)") }
                }
                + ["vocab_size", "max_position_embeddings"].map {
                    Impossible("{\"text_config\": {\"\($0)\": \(value)}}", "text_config.\($0)")
                }
                + ["num_channels", "image_size", "patch_size"].map {
                    Impossible("{\"vision_config_dict\": {\"\($0)\": \(value)}}", "vision_config_dict.\($0)")
                }
        }

    @Test("A size that is none is refused", arguments: impossibleSizes)
    func sizes(impossible: Impossible) throws { try expectRefused(impossible) }

    static let impossibleValues: [Impossible] = [
        Impossible(#"{"model_type": "clip"}"#, "model_type"),
        Impossible(#"{"model_type": 7}"#, "model_type"),
        Impossible(#"{"text_config": []}"#, "text_config"),
        Impossible(#"{"vision_config": "large"}"#, "vision_config"),
        Impossible(#"{"text_config_dict": 1}"#, "text_config_dict"),
        Impossible(#"{"decoder_num_attention_heads": 3}"#, "decoder_num_attention_heads"),
        Impossible(#"{"reduce_dim": 6}"#, "decoder_num_attention_heads"),
        Impossible(#"{"text_config": {"num_attention_heads": 7}}"#, "text_config.num_attention_heads"),
        Impossible(#"{"vision_config": {"hidden_size": 770}}"#, "vision_config.num_attention_heads"),
        Impossible(#"{"extract_layers": []}"#, "extract_layers"),
        Impossible(#"{"extract_layers": [3, 6, 12]}"#, "extract_layers"),
        Impossible(#"{"extract_layers": [-1]}"#, "extract_layers"),
        Impossible(#"{"extract_layers": [1.5]}"#, "extract_layers"),
        Impossible(#"{"extract_layers": 3}"#, "extract_layers"),
        Impossible(#"{"extract_layers": [[3]]}"#, "extract_layers"),
        Impossible(#"{"vision_config": {"num_hidden_layers": 9}}"#, "extract_layers"),
        Impossible(#"{"conditional_layer": 3}"#, "conditional_layer"),
        Impossible(#"{"conditional_layer": -1}"#, "conditional_layer"),
        Impossible(#"{"conditional_layer": "0"}"#, "conditional_layer"),
        Impossible(#"{"decoder_hidden_act": "swish"}"#, "decoder_hidden_act"),
        Impossible(#"{"text_config": {"hidden_act": "gelu_new"}}"#, "text_config.hidden_act"),
        Impossible(#"{"vision_config": {"hidden_act": 3}}"#, "vision_config.hidden_act"),
        Impossible(#"{"text_config": {"layer_norm_eps": "1e-5"}}"#, "text_config.layer_norm_eps"),
        Impossible(#"{"text_config": {"layer_norm_eps": -1e-5}}"#, "text_config.layer_norm_eps"),
        Impossible(#"{"vision_config": {"layer_norm_eps": 1e300}}"#, "vision_config.layer_norm_eps"),
        Impossible(#"{"vision_config": {"layer_norm_eps": -1}}"#, "vision_config.layer_norm_eps"),
        Impossible(#"{"logit_scale_init_value": 1e39}"#, "logit_scale_init_value"),
        Impossible(#"{"logit_scale_init_value": true}"#, "logit_scale_init_value"),
        Impossible(#"{"text_config": {"eos_token_id": 1.5}}"#, "text_config.eos_token_id"),
        Impossible(#"{"text_config": {"pad_token_id": "1"}}"#, "text_config.pad_token_id"),
        Impossible(#"{"vision_config": {"num_channels": 1}}"#, "vision_config.num_channels"),
        Impossible(#"{"vision_config": {"image_size": [224, 352]}}"#, "vision_config.image_size"),
        Impossible(#"{"vision_config": {"image_size": [224]}}"#, "vision_config.image_size"),
        Impossible(#"{"vision_config": {"image_size": [0, 0]}}"#, "vision_config.image_size"),
        Impossible(#"{"vision_config": {"patch_size": 225}}"#, "vision_config.patch_size"),
        Impossible(#"{"use_complex_transposed_convolution": 1}"#, "use_complex_transposed_convolution"),
        Impossible(
            #"{"use_complex_transposed_convolution": true, "vision_config": {"patch_size": 3}}"#,
            "use_complex_transposed_convolution"),
    ]

    @Test("A value that makes no sense is refused", arguments: impossibleValues)
    func values(impossible: Impossible) throws { try expectRefused(impossible) }

    static let notObjects: [Impossible] =
        [
            "", " ", "{", "}", "null", "1", #""config""#, "[]", "[{}]", #"{"reduce_dim": 64"#, #"{"reduce_dim": }"#,
            #"{"reduce_dim": NaN}"#, #"{"reduce_dim": 1e999}"#, "reduce_dim: 64", "{\"\u{1}\": 1}",
            String(repeating: "[", count: 100_000), String(repeating: #"{"a":"#, count: 100_000),
            #"{"reduce_dim": "# + String(repeating: "[", count: 100_000),
            #"{"a": "# + String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000) + "}",
            #"{"a": ""# + String(repeating: " ", count: 1 << 20) + #""}"#,
        ].map { Impossible($0, "config.json") }

    @Test("What is no JSON object of a sensible size is refused", arguments: notObjects)
    func notObject(impossible: Impossible) throws { try expectRefused(impossible) }

    @Test("Bytes that are not UTF-8 are refused")
    func notUTF8() throws {
        let json = Array(#"{"model_type": ""#.utf8) + [0xFF, 0xFE, 0x80] + Array(#""}"#.utf8)
        #expect(throws: ConfigurationError.self) { try CLIPSegConfig(json: json) }
    }

    @Test("A file cut short anywhere is refused")
    func truncated() throws {
        let json = Array(#"{"reduce_dim": 64, "extract_layers": [1, 2], "vision_config": {"hidden_act": "gelu"}}"#.utf8)
        _ = try CLIPSegConfig(json: json)
        for count in 0..<json.count {
            #expect(throws: ConfigurationError.self, "\(count) bytes") { try CLIPSegConfig(json: json[..<count]) }
        }
    }

    @Test("Unknown keys may be as deep as JSON may")
    func deep() throws {
        let nested = String(repeating: "[", count: 400) + String(repeating: "]", count: 400)
        #expect(try CLIPSegConfig(json: "{\"extra\": \(nested)}".utf8) == CLIPSegConfig())
    }

    private func expectRefused(_ impossible: Impossible) throws {
        let error = try #require(throws: ConfigurationError.self) { try CLIPSegConfig(json: impossible.json.utf8) }
        #expect(error.description.contains(impossible.mention), "\(error.description)")
    }
}
