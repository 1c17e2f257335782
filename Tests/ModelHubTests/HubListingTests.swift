import Testing

@testable import ModelHub

@Suite struct HubListingTests {
    private static let hub = TestHub()

    @Test("A list as the hub writes it") func listing() throws {
        let listing = try HubListing(json: Array(Self.hub.listing().utf8))
        #expect(listing.commit == TestHub.commit)
        #expect(Set(listing.files.map(\.path)) == Set(TestHub.checkpoint.keys))
        let config = try #require(listing.files.first { $0.path == "config.json" })
        #expect(config.size == TestHub.checkpoint["config.json"]?.count)
        // git hash-object on the same text says so.
        #expect(config.digest == .gitBlob("eb250e38b6689766f344ac83611fb4bf5d177858"))
    }

    @Test(
        "Lists that make no sense",
        arguments: [
            "", "[]", "{}", "null", #"{"sha": 1, "siblings": []}"#, #"{"sha": "main", "siblings": []}"#,
            #"{"sha": "../../../../../../../../../../../../etcx", "siblings": []}"#,
            #"{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": [{}]}"#,
            #"{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": [{"rfilename": "a", "size": 1}]}"#,
            #"{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": [{"rfilename": "a", "size": -1, "blobId": "0123456789abcdef0123456789abcdef01234567"}]}"#,
            #"{"sha": "0123456789abcdef0123456789abcdef01234567", "siblings": [{"rfilename": "../a", "size": 1, "blobId": "0123456789abcdef0123456789abcdef01234567"}]}"#,
        ])
    func nonsense(json: String) {
        #expect {
            try HubListing(json: Array(json.utf8))
        } throws: { error in
            if case HubError.badListing = error { true } else { false }
        }
    }

    private static func selection(_ names: [String]) throws -> [String] {
        let files = Dictionary(uniqueKeysWithValues: names.map { ($0, Array($0.utf8)) })
        let listing = try HubListing(json: Array(TestHub(files: files).listing().utf8))
        return try CheckpointSelection.files(of: listing, TestHub.repository).map(\.path).sorted()
    }

    @Test("One file of weights is preferred to several, and to other formats") func oneFile() throws {
        let others = [
            "model.safetensors.index.json", "model-00001-of-00002.safetensors", "pytorch_model.bin", "tf_model.h5",
            "README.md", ".gitattributes", "onnx/model.onnx",
        ]
        let wanted = ["config.json", "merges.txt", "model.safetensors", "vocab.json"]
        #expect(try Self.selection(wanted + others) == wanted)
    }

    @Test("Weights in several files come with their index") func shards() throws {
        let wanted = [
            "config.json", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors",
            "model.safetensors.index.json",
        ]
        #expect(try Self.selection(wanted + ["model-fp16.safetensors", "model-x/00001.safetensors"]) == wanted)
    }

    @Test("Without safetensors, what PyTorch writes is fetched") func torchFiles() throws {
        let files = ["config.json", "pytorch_model.bin", "optimizer.bin", "pytorch_model.bin.sig"]
        #expect(try Self.selection(files) == ["config.json", "pytorch_model.bin"])
        let sharded = [
            "config.json", "pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin",
            "pytorch_model.bin.index.json",
        ]
        #expect(try Self.selection(sharded + ["pytorch_model-.bin.x", "pytorch_model-a.bin"]) == sharded)
    }

    @Test("What is no checkpoint is refused before anything is fetched") func noCheckpoint() {
        #expect(throws: HubError.noCheckpoint(repository: TestHub.repository, missing: "config.json")) {
            try Self.selection(["model.safetensors"])
        }
        #expect(throws: HubError.noCheckpoint(repository: TestHub.repository, missing: "model.safetensors")) {
            try Self.selection(["config.json", "tf_model.h5"])
        }
    }
}
