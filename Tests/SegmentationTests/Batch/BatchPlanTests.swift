import Testing

@testable import Segmentation

@Suite struct BatchPlanTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func plan(_ inputs: [String], prompts: [String] = ["cat"], shard: BatchShard = .whole) throws -> BatchPlan {
        try BatchPlan(
            inputs: inputs.map(folder.file), prompts: prompts, options: WrittenParameters(),
            output: folder.file("in/out"),
            shard: shard)
    }

    @Test("A folder gives the images in it and below, but not what is hidden, no image, or the output")
    func folders() throws {
        for name in [
            "b.jpg", "a.PNG", "sub/c.jpeg", "sub/deep/d.png", ".hidden.png", ".git/e.png", "notes.txt", "png",
            "out/old.png",
        ] {
            try folder.write([1], to: "in/" + name)
        }
        try folder.link("in/sub/linked.png", to: folder.file("in/b.jpg"))
        try folder.link("in/sub/circle", to: folder.file("in"))
        try folder.link("in/broken.png", to: "nowhere")
        let jobs = try plan(["in/"]).jobs
        let names = ["a", "b", "sub/c", "sub/deep/d", "sub/linked"]
        #expect(jobs.map(\.output.text) == names.map { $0 + ".png" })
        #expect(jobs[2].image == folder.file("in/sub/c.jpeg"))
    }

    @Test("An image is named after its last component, and need not have an extension")
    func files() throws {
        try folder.write([1], to: "in/sub/photo")
        #expect(try plan(["in/sub/photo"]).jobs.map(\.output.text) == ["photo.png"])
    }

    @Test("A list's paths start from its folder, and what it does not say the batch does")
    func lists() throws {
        let list = """
            {"image": "x/a.jpg"}
            {"image": "/b.jpg", "prompts": ["dog"], "options": {"as": "logits"}}
            """
        try folder.write(Array(list.utf8), to: "in/list.JSONL")
        let jobs = try plan(["in/list.JSONL"]).jobs
        #expect(jobs.map(\.image) == [folder.file("in/x/a.jpg"), "/b.jpg"])
        #expect(jobs.map(\.prompts) == [["cat"], ["dog"]])
        #expect(jobs.map(\.output.text) == ["x/a.png", "b.npy"])
    }

    @Test("Two images that would be written to the same file are refused, whichever part they are in")
    func sameOutput() throws {
        for name in ["a.jpg", "a.png"] { try folder.write([1], to: "in/" + name) }
        let error = BatchError.sameOutput(
            output: "a.png", first: folder.file("in/a.jpg"), second: folder.file("in/a.png"))
        for shard in ["0/2", "1/2"] {
            #expect(throws: error) { try plan(["in"], shard: try #require(BatchShard(shard))) }
        }
    }

    @Test("Parts together are the whole")
    func parts() throws {
        for number in 0..<20 { try folder.write([1], to: "in/\(number).png") }
        let whole = try plan(["in"]).jobs.map(\.image)
        let parts = try (0..<3).map { try plan(["in"], shard: try #require(BatchShard("\($0)/3"))).jobs.map(\.image) }
        #expect(parts.joined().sorted() == whole.sorted())
        #expect(parts.allSatisfy { !$0.isEmpty })
    }

    @Test("Inputs without images, without prompts or that are not there are told apart")
    func nothing() throws {
        try folder.write([1], to: "in/readme.txt")
        #expect(throws: BatchError.nothingToDo) { try plan(["in"]) }
        #expect(throws: BatchError.noSuchInput(path: folder.file("none"))) { try plan(["none"]) }
        #expect(throws: BatchError.noSuchInput(path: "/dev/zero")) {
            try BatchPlan(inputs: ["/dev/zero"], prompts: ["x"], options: WrittenParameters(), output: folder.path)
        }
        try folder.write([1], to: "in/a.png")
        #expect(throws: BatchError.noPrompts(image: folder.file("in/a.png"))) { try plan(["in"], prompts: []) }
        try folder.write(Array(#"{"image": "a.png"}"#.utf8), to: "in/list.jsonl")
        let error = try #require(throws: BatchError.self) { try plan(["in/list.jsonl"], prompts: []) }
        #expect(error.description.contains("list.jsonl, line 1: nothing says what to look for"))
    }
}
