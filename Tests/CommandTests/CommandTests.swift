import Foundation
import Imaging
import Segmentation
import Testing

@Suite struct CommandTests {
    @Test("segment writes a mask of the image's size, to a file or to standard output")
    func segment() async throws {
        let folder = try TemporaryFolder()
        let path = folder.file("mask.png")
        let toFile = try await Program.run("segment", Program.scene, "a picture of the drum", "-o", path)
        #expect(toFile.status == 0)
        #expect(toFile.output.isEmpty)
        #expect(toFile.errors.contains("DEMO"))
        let bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let mask = try RGBImage(decoding: Array(bytes))
        #expect(mask.width == 400 && mask.height == 300)

        let piped = try await Program.run(
            "segment", "-", "a picture of the drum", input: try Data(contentsOf: URL(fileURLWithPath: Program.scene)))
        #expect(piped.output == bytes)
    }

    @Test("An embedding of a text segments as the text does")
    func embedding() async throws {
        let folder = try TemporaryFolder()
        let file = folder.file("drum.json")
        let embed = try await Program.run("embed", "--text", "a picture of the drum", "-o", file)
        #expect(embed.status == 0)
        let byText = try await Program.run("segment", Program.scene, "a picture of the drum", "--as", "logits")
        let byNumbers = try await Program.run("segment", Program.scene, "--embedding", file, "--as", "logits")
        let expected = try NumPyFile.decode(Array(byText.output))
        let found = try NumPyFile.decode(Array(byNumbers.output))
        #expect(found.shape == [1, 192, 192] && expected.shape == found.shape)
        // The numbers took a detour through decimal notation.
        #expect(zip(found.values, expected.values).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test("classify prefers what is in the picture")
    func classify() async throws {
        struct Answer: Decodable {
            let labels: [String]
            let scores: [Float]
            let logitsPerImage: [Float]

            enum CodingKeys: String, CodingKey {
                case labels, scores
                case logitsPerImage = "logits_per_image"
            }
        }
        let outcome = try await Program.run("classify", Program.scene, "drum", "taco", "purple star")
        let answer = try JSONDecoder().decode(Answer.self, from: outcome.output)
        #expect(answer.labels == ["drum", "taco", "purple star"])
        #expect(abs(answer.scores.reduce(0, +) - 1) < 1e-5)
        #expect(answer.logitsPerImage.count == 3)
        #expect(answer.scores[0] == answer.scores.max())
        let raw = try await Program.run("classify", Program.scene, "drum", "taco", "purple star", "--scores", "raw")
        let rawAnswer = try JSONDecoder().decode(Answer.self, from: raw.output)
        #expect(rawAnswer.scores == answer.logitsPerImage && rawAnswer.logitsPerImage == answer.logitsPerImage)
    }

    @Test("embed takes several texts and images, and segment several of its embeddings")
    func severalEmbeddings() async throws {
        struct Answer: Decodable {
            let normalized: Bool
            let texts: [[Float]]
            let images: [[Float]]
        }
        let folder = try TemporaryFolder()
        let file = folder.file("both.json")
        let embed = try await Program.run(
            "embed", "--text", "drum", "--image", Program.scene, "--text", "taco", "--normalize", "-o", file)
        #expect(embed.status == 0)
        let answer = try JSONDecoder().decode(Answer.self, from: Data(contentsOf: URL(fileURLWithPath: file)))
        #expect(answer.normalized && answer.texts.count == 2 && answer.images.count == 1)
        for embedding in answer.texts + answer.images {
            #expect(abs(embedding.reduce(0) { $0 + $1 * $1 } - 1) < 1e-4)
        }
        let segment = try await Program.run("segment", Program.scene, "--embedding", file, "--as", "logits")
        #expect(try NumPyFile.decode(Array(segment.output)).shape == [3, 192, 192])
    }

    @Test("tokenize shows the tokens of each text")
    func tokenize() async throws {
        let outcome = try await Program.run("tokenize", "a red circle", "")
        let object = try #require(JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
        let texts = try #require(object["texts"] as? [[String: Any]])
        #expect(texts.map { $0["count"] as? Int } == [5, 2])
        #expect(
            texts[0]["tokens"] as? [String] == ["<|startoftext|>", "a</w>", "red</w>", "circle</w>", "<|endoftext|>"])
    }

    @Test("bench prints the object that scripts read")
    func bench() async throws {
        let outcome = try await Program.run("bench", "--runs", "2", "--prompts", "3", "--cached", "--json")
        let report = try #require(JSONSerialization.jsonObject(with: outcome.output) as? [String: Any])
        #expect(
            Set(report.keys) == [
                "precision", "threads", "prompts", "cached", "runs", "min_seconds", "median_seconds", "p95_seconds",
                "resident_bytes", "load_seconds",
            ])
        #expect(report["prompts"] as? Int == 3)
    }

    @Test(
        "--help and --version are there for every command",
        arguments: ["serve", "segment", "batch", "classify", "embed", "tokenize", "pull", "convert", "bench"])
    func help(command: String) async throws {
        let help = try await Program.run(command, "--help")
        #expect(help.status == 0)
        #expect(String(decoding: help.output, as: UTF8.self).contains("USAGE: clipseg \(command)"))
        let version = try await Program.run(command, "--version")
        #expect(version.status == 0)
        #expect(String(decoding: version.output, as: UTF8.self) == clipsegVersion + "\n")
    }

    struct Failure: CustomTestStringConvertible {
        var arguments: [String]
        var status: Int32
        var mention: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    private static let failures = [
        Failure(arguments: ["segment"], status: 64, mention: "image"),
        Failure(arguments: ["segment", Program.scene, "x", "--as", "jpeg"], status: 64, mention: "--as"),
        Failure(arguments: ["segment", Program.scene, "x", "--decode", "quick"], status: 64, mention: "--decode"),
        Failure(arguments: ["segment", Program.scene, "x", "--nonsense"], status: 64, mention: "--nonsense"),
        Failure(arguments: ["batch", Program.scenes, "--prompts", "x"], status: 64, mention: "--output"),
        Failure(arguments: ["batch", "--prompts", "x", "--output", "/tmp"], status: 64, mention: "inputs"),
        Failure(arguments: ["batch", "/no/such", "--prompts", "x", "-o", "/tmp"], status: 66, mention: "/no/such"),
        Failure(arguments: ["batch", Program.scenes, "-o", "/tmp/x"], status: 65, mention: "--prompts"),
        Failure(arguments: ["batch", "-", "--prompts", "x", "-o", "/tmp/x"], status: 65, mention: "no PNG or JPEG"),
        Failure(arguments: ["batch", Program.scenes, "-o", "/tmp/x", "--prompts", " "], status: 64, mention: "empty"),
        Failure(
            arguments: ["batch", Program.scenes, "--prompts", "x", "-o", #filePath], status: 65, mention: "cannot write"
        ),
        Failure(
            arguments: ["batch", Program.scenes, "--prompts", "x", "-o", "/tmp/x", "--shard", "2/2"], status: 64,
            mention: "--shard"),
        Failure(
            arguments: ["batch", Program.scenes, "--prompts", "x", "-o", "/tmp/x", "--threshold", "2"], status: 64,
            mention: "--threshold"),
        Failure(arguments: ["embed"], status: 64, mention: "--text"),
        Failure(arguments: ["embed", "--image", "-", "--image", "-"], status: 65, mention: "only once"),
        Failure(arguments: ["classify", Program.scene, "x", "--scores", "sigmoid"], status: 64, mention: "--scores"),
        Failure(arguments: ["tokenize"], status: 64, mention: "texts"),
        Failure(arguments: ["serve", "--port", "99999"], status: 64, mention: "--port"),
        Failure(arguments: ["serve", "--header-timeout", "0"], status: 64, mention: "--header-timeout"),
        Failure(arguments: ["serve", "--receive-timeout", "1e300"], status: 64, mention: "--receive-timeout"),
        Failure(arguments: ["serve", "--shutdown-timeout", "nan"], status: 64, mention: "--shutdown-timeout"),
        Failure(arguments: ["serve", "--max-header-bytes", "1"], status: 64, mention: "--max-header-bytes"),
        Failure(arguments: ["serve", "--handshake-timeout", "0"], status: 64, mention: "--handshake-timeout"),
        Failure(arguments: ["serve", "--tls-cert", "a.pem"], status: 64, mention: "--tls-key"),
        Failure(arguments: ["serve", "--tls-client-ca", "a.pem"], status: 64, mention: "--tls-cert"),
        Failure(
            arguments: ["serve", "--port", "0", "--tls-cert", "/no/such.pem", "--tls-key", "b"], status: 66,
            mention: "/no/such.pem"),
        Failure(
            arguments: ["serve", "--port", "0", "--tls-cert", #filePath, "--tls-key", #filePath], status: 65,
            mention: "BEGIN CERTIFICATE"),
        Failure(arguments: ["serve", "--log-format", "xml"], status: 64, mention: "--log-format"),
        Failure(arguments: ["serve", "--cors-origin", "*"], status: 64, mention: "--cors-origin"),
        Failure(arguments: ["serve", "--trusted-proxies", "10.0.0.0/8,"], status: 64, mention: "--trusted-proxies"),
        Failure(arguments: ["serve", "--protect-health"], status: 64, mention: "--api-key-file"),
        Failure(arguments: ["serve", "--api-key-file", "/dev/null"], status: 65, mention: "holds no key"),
        Failure(arguments: ["serve", "--api-key-file", "/no/such"], status: 66, mention: "/no/such"),
        Failure(arguments: ["serve", "--unix-socket-mode", "999"], status: 64, mention: "--unix-socket-mode"),
        Failure(arguments: ["bench", "--runs", "0"], status: 64, mention: "--runs"),
        Failure(arguments: ["serve", "--idle-timeout", "inf"], status: 64, mention: "--idle-timeout"),
        Failure(arguments: ["serve", "--request-timeout", "1e30"], status: 64, mention: "--request-timeout"),
        Failure(arguments: ["serve", "--workers", "9223372036854775807"], status: 64, mention: "--workers"),
        Failure(arguments: ["segment", "-", "--prompt-image", "-"], status: 65, mention: "only once"),
        Failure(arguments: ["segment", "\(Program.scene)/x", "x"], status: 66, mention: "no file"),
        Failure(arguments: ["classify", Program.scene, ""], status: 65, mention: "label is empty"),
        Failure(arguments: ["embed", "--text", " "], status: 65, mention: "text is empty"),
        Failure(
            arguments: ["embed", "--text", "x", "--decode", "fast"], status: 64,
            mention: "--decode fast means nothing without --image"),
        Failure(arguments: ["segment", Program.scene], status: 64, mention: "prompt"),
        Failure(arguments: ["segment", Program.scene, ""], status: 64, mention: "prompt is empty"),
        Failure(arguments: ["segment", Program.scene, "x", "--crop"], status: 64, mention: "--as cutout"),
        Failure(
            arguments: ["segment", Program.scene, "x", "--as", "mask", "--as", "mask"], status: 64, mention: "--as"),
        Failure(arguments: ["segment", Program.scene, "--prompt-expr", "a OR"], status: 64, mention: "column 5"),
        Failure(arguments: ["segment", Program.scene, "x", "--threshold", "7"], status: 64, mention: "--threshold"),
        Failure(
            arguments: ["segment", Program.scene, String(repeating: "word ", count: 500)], status: 65, mention: "tokens"
        ),
        Failure(
            arguments: ["segment", Program.scene, "x", "-o", "/no/such/m.png"], status: 65, mention: "cannot write"),
        Failure(arguments: ["segment", "/dev/null", "x"], status: 65, mention: "empty"),
        Failure(arguments: ["segment", #filePath, "x"], status: 65, mention: "neither PNG nor JPEG"),
        Failure(
            arguments: ["segment", Program.scene, "x", "--max-pixels", "1000"], status: 65, mention: "limit of 1000"),
        Failure(arguments: ["segment", Program.scene, "--embedding", Program.scene], status: 65, mention: "JSON"),
        Failure(arguments: ["segment", "/no/such/file.png", "x"], status: 66, mention: "/no/such/file.png"),
        Failure(arguments: ["segment", Program.scene, "x", "--model", "/no/such"], status: 66, mention: "/no/such"),
        Failure(
            arguments: ["segment", Program.scene, "x", "--model", Program.scene], status: 66, mention: "not a folder"),
        Failure(
            arguments: ["segment", Program.scene, "x", "--model", Program.scenes], status: 65, mention: "config.json"
        ),
    ]

    /// What comes last would win otherwise.
    private static let repetitions = [
        (["segment", Program.scene, "x", "--as", "cutout", "--crop", "--crop"], "--crop"),
        (["segment", Program.scene, "x", "--as", "json", "--components", "--components"], "--components"),
        (["segment", Program.scene, "x", "-o", "/no/a.png", "-o", "/no/b.png"], "--output"),
        (["segment", Program.scene, "x", "-o=/no/a.png", "--output=/no/b.png"], "--output"),
        (["segment", Program.scene, "x", "--threads", "1", "--threads=1"], "--threads"),
        (["segment", "--precision", "fp32", Program.scene, "x", "--precision", "auto"], "--precision"),
        (["segment", Program.scene, "x", "--max-pixels", "9", "--max-pixels", "10"], "--max-pixels"),
        (["batch", Program.scene, "--prompts", "x", "--output", "/no/a", "--output", "/no/b"], "--output"),
        (["batch", Program.scene, "-o", "/no/a", "--shard", "0/2", "--prompts", "x", "--shard", "1/2"], "--shard"),
        (["embed", "--text", "x", "--normalize", "--normalize"], "--normalize"),
        (["embed", "--image", Program.scene, "--text", "y", "--decode", "exact", "--decode", "fast"], "--decode"),
        (["classify", Program.scene, "x", "--scores", "raw", "--scores", "softmax"], "--scores"),
        (["tokenize", "x", "--log-level", "info", "--log-level", "error"], "--log-level"),
        (["convert", "/no/a", "-o", "/no/b", "--dtype", "fp16", "--dtype", "bf16"], "--dtype"),
        (["pull", "a/b", "--revision", "main", "--revision", "main"], "--revision"),
        (["bench", "--prompts", "1", "--prompts", "2"], "--prompts"),
        (["healthcheck", "--timeout", "1", "--timeout", "2"], "--timeout"),
        (["serve", "--no-playground", "--no-playground"], "--no-playground"),
        (["serve", "--port", "0", "--precision", "fp32", "--port", "0"], "--port"),
    ]

    @Test("An option of which there is one is refused by its name if it is given again", arguments: repetitions)
    func repetition(arguments: [String], option: String) async throws {
        let outcome = try await Program.run(arguments)
        #expect(outcome.status == 64)
        #expect(outcome.errors == "clipseg: \(option) is given more than once. Give it once.\n")
        #expect(outcome.output.isEmpty)
    }

    @Test("What looks like an option after -- is none; values may be alike, and help is given in any case")
    func noRepetition() async throws {
        let options = try await Program.run("tokenize", "--log-level", "error", "--", "--log-level", "--log-level")
        #expect(options.status == 0, "\(options.errors)")
        let texts = try await Program.run("embed", "--text=--text", "--text=--text", "--text", "-", "--text", "-")
        #expect(texts.status == 0, "\(texts.errors)")
        let help = try await Program.run("segment", "--crop", "--crop", "--help", "--help")
        #expect(help.status == 0 && help.output.starts(with: Data("OVERVIEW".utf8)), "\(help.errors)")
    }

    @Test("What can't be done has its exit status and says what to do", arguments: failures)
    func failure(failure: Failure) async throws {
        let outcome = try await Program.run(failure.arguments)
        #expect(outcome.status == failure.status, "\(outcome.errors)")
        #expect(outcome.errors.contains(failure.mention), "\(outcome.errors)")
    }

    @Test("A failed run leaves no output behind", arguments: [(#filePath, "mask.png"), (Program.scene, "folder")])
    func noLeftovers(image: String, output: String) async throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("folder"), withIntermediateDirectories: false)
        let outcome = try await Program.run("segment", image, "x", "-o", folder.file(output))
        #expect(outcome.status == 65)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["folder"])
    }

    @Test("A link is written through, and a file keeps its permissions")
    func existingOutput() async throws {
        let folder = try TemporaryFolder()
        let target = try folder.file("target.png", Data([1]))
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: target)
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.png"), withDestinationPath: target)
        for output in [folder.file("link.png"), target] {
            let outcome = try await Program.run("segment", Program.scene, "drum", "-o", output)
            #expect(outcome.status == 0)
            #expect(try Data(contentsOf: URL(fileURLWithPath: target)).starts(with: [0x89, 0x50]))
        }
        let manager = FileManager.default
        #expect(try manager.destinationOfSymbolicLink(atPath: folder.file("link.png")) == target)
        #expect(try manager.attributesOfItem(atPath: target)[.posixPermissions] as? Int == 0o640)
    }

    @Test("A wrong value from the environment is traced back to it")
    func wrongEnvironment() async throws {
        let outcome = try await Program.run("serve", environment: ["CLIPSEG_PORT": "many"])
        #expect(outcome.status == 64)
        #expect(outcome.errors.contains("CLIPSEG_PORT=many"))
        let help = try await Program.run("serve", "--help", environment: ["CLIPSEG_PORT": "many"])
        #expect(help.status == 0)
    }
}
