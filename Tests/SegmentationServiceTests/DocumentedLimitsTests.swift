import Foundation
import HTTPServer
import Imaging
import Testing

@testable import Segmentation
@testable import SegmentationService

/// The numbers in documents are the code's.
@Suite struct DocumentedLimitsTests {
    /// A document's words, wherever its lines end.
    private static func words(_ path: String) throws -> String {
        let text = try String(contentsOf: ServiceFixture.root.appending(path: path), encoding: .utf8)
        return text.split { $0 == " " || $0 == "\n" }.joined(separator: " ")
    }

    private static let http = HTTPLimits()
    private static let form = SegmentationService.defaultFormLimits
    private static let json = RequestFields.Limits().json
    private static let pixels = ImageLimits().maxPixels
    private static let (mask, probability) = (InferenceOutput.Kind.mask, InferenceOutput.Kind.probability)
    private static let prompts = SegmentationRequest.maxPrompts
    private static let classification = ClassificationRequest(image: [], labels: [])

    static let described = [
        "At most \(json.maxDepth) lists and objects stand within each other, and at most \(json.maxValues) values in all",
        "The path and query are longer than \(http.maxTargetBytes) bytes.",
        "The request target is longer than the \(http.maxTargetBytes) bytes allowed here.",
        "There are more than \(http.maxHeaderCount) header fields, or they take more than \(http.maxHeaderBytes) bytes.",
        "The body is larger than the \(http.maxBodyBytes) bytes allowed here.",
        "the form has more than \(form.maxParts) parts, a field of more than \(form.maxFieldBytes) bytes,",
        "a part with a header of more than \(form.maxHeaderBytes) bytes or \(form.maxHeaderCount) lines",
        """
        a name of more than \(json.maxNameBytes) bytes, a number of more than \(json.maxNumberBytes), or a text of more than \
        \(json.maxTextBytes) (`json_too_large`)
        """,
        """
        The outputs may take \(InferenceResponseWriter.maxBytes) bytes at most, counting \(mask.maxCharacters) bytes a number \
        in JSON for `mask` and \(probability.maxCharacters) for `probability`, \(mask.stride) and \(probability.stride) in \
        binary.
        """,
        "The texts have at most \(Tokenization.maxBytes) bytes together.",
        "the largest first, at most \(SegmentationReport.Prompt.maxComponents).",
        "pixels, more than the limit of \(pixels). Scale it down.",
        "max_pixels: \(pixels), max_prompt_tokens: 32, max_prompts: \(prompts)",
    ]

    @Test("openapi.yaml names the limits that hold", arguments: described)
    func openAPI(sentence: String) throws {
        #expect(try Self.words("openapi.yaml").contains(sentence))
    }

    @Test("openapi.yaml says of every body how large it may be")
    func bodies() throws {
        let document = try Self.words("openapi.yaml")
        let sentence =
            "description: At most \(Self.http.maxBodyBytes) bytes unless the service was started with another"
        #expect(document.ranges(of: sentence).count == document.ranges(of: "requestBody:").count)
    }

    static let guided = [
        "| `POST /v1/classify` | `image`, `label` (1 to \(prompts)) | `image`, `labels` | required |",
        """
        | | `scores`: `\(ScoreKind.softmax.rawValue)` over all labels, or `\(ScoreKind.raw.rawValue)`, the logits | the same | \
        `\(classification.scores.rawValue)` |
        """,
        """
        | `POST /v1/embeddings` | `text` (to \(prompts)), `image` (to \(EmbeddingRequest.maxImages)) | `texts`, `images` | one \
        of either |
        """,
        "| | `normalize`: `true` for embeddings of length 1 | the same | `\(EmbeddingRequest().normalize)` |",
        "| both | `decode` as above | the same | `\(classification.decoding.rawValue)` |",
        "| `POST /v1/tokenize` | `text` (1 to \(prompts), together at most \(Tokenization.maxBytes) bytes) | `texts` | required |",
        "`mask_threshold` (\(ImageSegmentationTask.usualMaskThreshold.shortText)) decides what belongs to a mask",
        "`threshold` (\(ImageSegmentationTask.usualLeastScore.shortText)) which scores are too low",
    ]

    @Test("The guide's table of other routes has the code's limits and defaults", arguments: guided)
    func guide(sentence: String) throws {
        #expect(try Self.words("Documentation/api.md").contains(sentence))
    }

    static let secured = [
        """
        at most \(json.maxDepth) levels, \(json.maxValues) values, \(json.maxNameBytes) bytes a name, \(json.maxNumberBytes) \
        characters a number
        """,
        """
        outputs of `/v2` are at most \(InferenceResponseWriter.maxBytes >> 20) MiB, refused before they are computed (422); \
        embeddings of \(prompts) texts and \(EmbeddingRequest.maxImages) images a request; texts to tokenize \
        \(Tokenization.maxBytes >> 10) KiB together
        """,
        """
        the model's own length, \(prompts) a request, \(SegmentationRequest.maxPromptImages) images, \
        \(SegmentationRequest.maxTemplates) templates
        """,
    ]

    @Test("The threat model's table has the code's limits", arguments: secured)
    func security(sentence: String) throws {
        #expect(try Self.words("SECURITY.md").contains(sentence))
    }
}
