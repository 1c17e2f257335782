import Foundation
import Testing

@testable import Segmentation

@Suite struct BatchRunTests {
    private let folder: TemporaryFolder
    private static let prompts = ["a picture of the balloon"]

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(try Scene.bytes("scene-2023.jpg"), to: "in/balloon.jpg")
        try folder.write(try Scene.bytes("scene-2000.png"), to: "in/sub/other.png")
        try folder.write(Array(try Scene.bytes("scene-2000.png").prefix(2000)), to: "in/cut.png")
    }

    @discardableResult
    private func run(
        threshold: Float = 0.5, shard: BatchShard = .whole, retryFailed: Bool = false, inputs: [String]? = nil
    ) async throws -> BatchProgress {
        var options = WrittenParameters()
        try options.add("threshold", "\(threshold)")
        let plan = try BatchPlan(
            inputs: inputs ?? [folder.file("in")], prompts: Self.prompts, options: options, output: folder.file("out"),
            shard: shard)
        let run = try BatchRun(
            plan, output: folder.file("out"), shard: shard, retryFailed: retryFailed, pool: DemoPool.pool())
        return try await run.run { _ in }
    }

    private func manifest(_ name: String = "out/manifest.jsonl") throws -> [BatchRecord] {
        try folder.read(name).split(separator: UInt8(ascii: "\n")).map { try #require(BatchRecord(line: $0)) }
    }

    @Test("Answers are those of single requests; an image that can't be read is told of, and stops no other")
    func answers() async throws {
        let progress = try await run()
        #expect(progress.done == 2 && progress.failed == 1 && progress.doneBefore == 0 && progress.left == 0)
        for (output, scene) in [("balloon.png", "scene-2023.jpg"), ("sub/other.png", "scene-2000.png")] {
            let alone = try await DemoPool.segment(
                try Scene.bytes(scene), Self.prompts.map(SegmentationRequest.Prompt.text))
            #expect(try folder.read("out/" + output) == alone)
        }
        let records = try manifest().sorted { $0.output < $1.output }
        #expect(records.map(\.output) == ["balloon.png", "cut.png", "sub/other.png"])
        #expect(records.map(\.status) == [.done, .failed, .done])
        #expect(records.map(\.error?.code) == [nil, "corrupt_image", nil])
        #expect(records[0].bytes == (try folder.read("out/balloon.png")).count)
        #expect(records.allSatisfy { $0.prompts == Self.prompts && $0.model == DemoModel.name })
        #expect(try folder.names(in: "out") == ["balloon.png", "manifest.jsonl", "sub"], "nothing half written")
    }

    @Test("Run again, a batch does nothing")
    func again() async throws {
        try await run()
        let bytes = try folder.read("out/manifest.jsonl")
        let progress = try await run()
        #expect(progress.doneBefore == 2 && progress.failedBefore == 1 && progress.done == 0 && progress.failed == 0)
        #expect(try folder.read("out/manifest.jsonl") == bytes)
    }

    @Test("A batch that was stopped at any byte of its manifest ends up the same")
    func torn() async throws {
        try await run()
        let bytes = try folder.read("out/manifest.jsonl")
        let expected = try manifest().map(\.output).sorted()
        let cuts = [0, 1, bytes.count / 3, bytes.count / 2, bytes.count - 2, bytes.count - 1]
        for cut in cuts {
            try folder.write(Array(bytes[..<cut]), to: "out/manifest.jsonl")
            try folder.write([1, 2, 3], to: "out/.partial/0")
            // A line that only lacks its end is a line.
            let whole = cut == bytes.count - 1 ? 3 : bytes[..<cut].count(where: { $0 == UInt8(ascii: "\n") })
            let progress = try await run()
            #expect(progress.doneBefore + progress.failedBefore == whole)
            #expect(try manifest().map(\.output).sorted() == expected)
            #expect(try folder.names(in: "out") == ["balloon.png", "manifest.jsonl", "sub"])
        }
    }

    @Test("An answer that is gone, is not as it was, or was asked for otherwise is made again, and told of once")
    func stale() async throws {
        try await run()
        let mask = try folder.read("out/balloon.png")
        try FileManager.default.removeItem(atPath: folder.file("out/balloon.png"))
        #expect(try await run().done == 1)
        #expect(try folder.read("out/balloon.png") == mask)
        try folder.write([1, 2], to: "out/sub/other.png")
        #expect(try await run().done == 1)

        let progress = try await run(threshold: 0.1)
        #expect(progress.done == 2 && progress.failed == 1)
        #expect(try folder.read("out/balloon.png") != mask)
        let records = try manifest()
        var options = WrittenParameters()
        try options.add("threshold", "0.10")
        #expect(records.count == 3)
        #expect(records.allSatisfy { $0.options == options })
    }

    @Test("Failures are tried again if asked for")
    func retry() async throws {
        try await run()
        try folder.write(try Scene.bytes("scene-2000.png"), to: "in/cut.png")
        #expect(try await run().failed == 0)
        #expect(try manifest().count(where: { $0.status == .failed }) == 1)
        #expect(try await run(retryFailed: true).done == 1)
        #expect(try manifest().allSatisfy { $0.status == .done })
        #expect(try manifest().count == 3)
    }

    @Test("Lines about other images stay")
    func others() async throws {
        try await run()
        try folder.write(try Scene.bytes("scene-2013.png"), to: "more/new.png")
        try await run(threshold: 0.4, inputs: [folder.file("more")])
        #expect(try manifest().map(\.output).sorted() == ["balloon.png", "cut.png", "new.png", "sub/other.png"])
    }

    @Test("Pictures to look for are read from files, and one that is not there fails its images only")
    func promptImages() async throws {
        try folder.write(try Scene.bytes("scene-2023-mask-1.png"), to: "prompts/mask.png")
        try folder.write(try Scene.bytes("scene-2023.jpg"), to: "prompts/scene.jpg")
        let list = """
            {"image": "in/balloon.jpg", "options": {"prompt_image": "prompts/scene.jpg", "prompt_mask": "prompts/mask.png"}}
            {"image": "in/sub/other.png", "options": {"prompt_image": "prompts/none.png"}}
            """
        try folder.write(Array(list.utf8), to: "list.jsonl")
        let plan = try BatchPlan(
            inputs: [folder.file("list.jsonl")], prompts: [], options: WrittenParameters(), output: folder.file("out"))
        let run = try BatchRun(plan, output: folder.file("out"), pool: DemoPool.pool())
        let progress = try await run.run { _ in }
        #expect(progress.done == 1 && progress.failed == 1)
        let scene = try Scene.bytes("scene-2023.jpg")
        let alone = try await DemoPool.segment(scene, [.image(scene, mask: try Scene.bytes("scene-2023-mask-1.png"))])
        #expect(try folder.read("out/in/balloon.png") == alone)
        let failure = try #require(try manifest().first { $0.status == .failed }?.error)
        #expect(failure.code == "unreadable_file" && failure.detail.contains("prompts/none.png can't be opened"))
        var options = WrittenParameters()
        try options.add("prompt_image", folder.file("prompts/none.png"))
        #expect(throws: BatchError.noSuchInput(path: folder.file("prompts/none.png"))) {
            try BatchPlan(inputs: [folder.file("in")], prompts: [], options: options, output: folder.file("out"))
        }
    }

    @Test("Parts have a manifest each")
    func shards() async throws {
        for part in 0..<2 { try await run(shard: try #require(BatchShard("\(part)/2"))) }
        let records = try (0..<2).flatMap { try manifest("out/manifest-\($0)-of-2.jsonl") }
        #expect(records.map(\.output).sorted() == ["balloon.png", "cut.png", "sub/other.png"])
    }

    @Test("Two runs at the same time are one too many")
    func busy() async throws {
        let plan = try BatchPlan(
            inputs: [folder.file("in")], prompts: Self.prompts, options: WrittenParameters(), output: folder.file("out")
        )
        let first = try BatchRun(plan, output: folder.file("out"), pool: DemoPool.pool())
        let error = try #require(throws: BatchError.self) {
            try BatchRun(plan, output: folder.file("out"), pool: DemoPool.pool())
        }
        guard case .busy = error else {
            Issue.record(error)
            return
        }
        #expect(try await first.run { _ in }.left == 0)
    }

    @Test("A link in the output folder that leads out of it is not followed")
    func links() async throws {
        try FileManager.default.createDirectory(atPath: folder.file("out"), withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: folder.file("elsewhere"), withIntermediateDirectories: true)
        try folder.link("out/sub", to: folder.file("elsewhere"))
        await #expect(throws: BatchError.self) { try await run() }
        #expect(try folder.names(in: "elsewhere").isEmpty)
    }

    @Test("A file that is no manifest is left alone")
    func noManifest() async throws {
        let text = Array("{\"my\": \"own\"}\n".utf8)
        try folder.write(text, to: "out/manifest.jsonl")
        await #expect(throws: BatchError.self) { try await run() }
        #expect(try folder.read("out/manifest.jsonl") == text)
    }
}
