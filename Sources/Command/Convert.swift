import ArgumentParser
import Compute
import Foundation
import Segmentation

struct Convert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Writes a checkpoint anew, with safetensors.",
        discussion: """
            From a checkpoint folder, with safetensors or pytorch_model.bin; or from a decoder of CLIPSeg's authors (rd64-uni.pth, \
            rd64-uni-refined.pth, rd16-uni.pth) and the CLIP that it belongs to, ViT-B/16.

              clipseg convert models/old --output models/new --dtype bf16
              clipseg pull openai/clip-vit-base-patch16
              clipseg convert rd64-uni-refined.pth --clip openai/clip-vit-base-patch16 --output models/rd64-refined

            The folder is loaded once before it gets its name. Nothing of a .bin or .pth file is executed.
            """)

    @Argument(
        help: """
            A checkpoint folder, owner/name[@revision] of what pull has fetched, or a decoder file of the authors.
            """)
    var input: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to make.", valueName: "dir"))
    var output: String

    @Option(
        help: ArgumentHelp(
            """
            The CLIP of a decoder file: a folder as save_pretrained writes it, owner/name[@revision] of what pull has \
            fetched, or a state dict of OpenAI's code.
            """, valueName: "path"))
    var clip: String?

    @Option(
        help: ArgumentHelp(
            "A folder with tokenizer.json, or vocab.json and merges.txt, where the CLIP has none.", valueName: "dir"))
    var tokenizer: String?

    @Option(
        name: .customLong("dtype"),
        help: """
            fp32, bf16 or fp16: what matrices are stored in; as they are if not given, and nothing is lost. bf16 halves the \
            size. Vectors stay in fp32.
            """)
    var format: WeightFormat?

    @Flag(help: "Replace the checkpoint at --output.")
    var force = false

    func run() throws {
        let conversion = try CheckpointConversion(
            input, clip: clip, tokenizer: tokenizer, format: format?.stored,
            environment: ProcessInfo.processInfo.environment)
        let line = ProgressLine(label: "convert")
        try conversion.run(output: output, replacing: force) { progress in
            line.show("\(progress.bytes / 1_000_000) of \(progress.totalBytes / 1_000_000) MB")
        }
        line.clear()
    }
}

/// The number formats of weights by the names of `--precision`.
enum WeightFormat: String, CaseIterable, ExpressibleByArgument {
    case fp32, bf16, fp16

    var stored: StoredFormat {
        switch self {
        case .fp32: .float32
        case .bf16: .bfloat16
        case .fp16: .float16
        }
    }
}
