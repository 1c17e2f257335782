import Segmentation
import Testing

/// `classify`, `embed` and `tokenize` speak of their options as openapi.yaml does of the parameters.
@Suite struct FeatureOptionTests {
    @Test(
        "Each parameter has an option or argument with its sentence",
        arguments: [
            ("classify", ["labels": FeatureParameter.label, "scores": .scores, "decode": .decode]),
            ("embed", ["text": .text, "image": .image, "normalize": .normalize, "decode": .decode]),
            ("tokenize", ["texts": .text]),
        ])
    func help(command: String, parameters: [String: FeatureParameter]) async throws {
        let arguments = try await CommandHelp.arguments(of: command)
        for (name, parameter) in parameters {
            let argument = try #require(arguments.first { $0.name == name }, "\(name)")
            #expect(argument.abstract?.hasPrefix(parameter.help) == true, "\(name)")
        }
    }
}
