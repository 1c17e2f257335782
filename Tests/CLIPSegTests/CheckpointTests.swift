import Compute
import Foundation
import Logging
import Synchronization
import Testing

@testable import CLIPSeg

/// What a model takes from its checkpoint, and what it leaves.
@Suite struct CheckpointTests {
    @Test("Tensors that nobody knows give one warning, which names the first")
    func unknownTensors() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.editTensors { tensors in
            for name in ["zzz.weight", "decoder.extra.bias"] {
                tensors[name] = SafetensorsFile.Tensor(format: "I8", shape: [2], data: [1, 2])
            }
        }
        let events = try eventsOfLoading(copy)
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.level == .warning)
        #expect(event.metadata == ["count": "2", "first": "decoder.extra.bias"])
    }

    @Test("The position_ids of old checkpoints, and a checkpoint as it should be, give no warning")
    func knownTensors() throws {
        for name in ["simple", "complex"] {
            let copy = try CheckpointCopy(of: name)
            let hasPositionIDs = try Checkpoint(copy.folder()).contains(
                prefix: "clip.text_model.embeddings.position_ids")
            #expect(hasPositionIDs == (name == "simple"))
            #expect(try eventsOfLoading(copy).isEmpty)
        }
    }

    @Test("A single file is preferred to an index beside it")
    func singleFileFirst() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.write("model.safetensors.index.json", "broken".utf8)
        _ = try copy.model()
    }

    @Test("Weights may be links, as in the cache of a model hub")
    func links() throws {
        let copy = try CheckpointCopy(of: "complex")
        try copy.remove("model.safetensors")
        try FileManager.default.createSymbolicLink(
            atPath: copy.path + "/model.safetensors",
            withDestinationPath: Fixture.root + "/complex/model.safetensors")
        _ = try copy.model()
    }

    @Test("Layers after the last extracted one are not computed for a mask")
    func neededLayers() throws {
        let fixture = Fixture(name: "complex")
        let pixels = try fixture.expected().pixelValues("pixel_values").image(0)
        let prompts = try fixture.inputIDs()
        let copy = try CheckpointCopy(of: "complex")
        try copy.editTensors { tensors in
            var poisoned = 0
            for name in tensors.keys where name.hasPrefix("clip.vision_model.encoder.layers.4.") {
                let count = tensors[name]?.shape.reduce(1, *) ?? 0
                let huge = withUnsafeBytes(of: Float.greatestFiniteMagnitude.bitPattern.littleEndian, Array.init)
                tensors[name]?.data = (0..<count).flatMap { _ in huge }
                poisoned += 1
            }
            try #require(poisoned == 16)
        }
        let model = try copy.model()
        #expect(
            try model(pixels, inputIDs: prompts).logits == fixture.model()(pixels, inputIDs: prompts).logits)
        #expect(
            try model.clip.imageFeatures(pixels).values.allSatisfy { !$0.isFinite }, "the last layer was not poisoned")
    }

    @Test("Once a model is loaded, its files are no longer mapped")
    func unmapped() throws {
        let copy = try CheckpointCopy(of: "complex")
        let checkpoint = try Checkpoint(copy.folder())
        #expect(try isMapped(copy.path))
        withExtendedLifetime(checkpoint) {}

        let other = try CheckpointCopy(of: "complex")
        let model = try other.load()
        #expect(try !isMapped(other.path))
        withExtendedLifetime(model) {}
    }

    /// Not with Foundation, which takes the first short read of this file for its end.
    private func isMapped(_ path: String) throws -> Bool {
        let maps = try #require(fopen("/proc/self/maps", "r"))
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer {
            free(line)
            fclose(maps)
        }
        while getline(&line, &capacity, maps) >= 0 {
            if let line, String(cString: line).contains(path) { return true }
        }
        return false
    }

    private func eventsOfLoading(_ copy: CheckpointCopy) throws -> [LogEvent] {
        let recorder = LogRecorder()
        _ = try CLIPSegForImageSegmentation(
            copy.folder(), backend: testBackend(), logger: Logger(label: "test") { _ in recorder })
        return recorder.events
    }
}

/// Keeps what is logged.
private struct LogRecorder: LogHandler {
    private final class Storage: Sendable {
        let events = Mutex<[LogEvent]>([])
    }

    var logLevel = Logger.Level.trace
    var metadata: Logger.Metadata = [:]
    private let storage = Storage()

    var events: [LogEvent] { storage.events.withLock { $0 } }

    func log(event: LogEvent) { storage.events.withLock { $0.append(event) } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
