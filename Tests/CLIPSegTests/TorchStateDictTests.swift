import Foundation
import Testing

@testable import CLIPSeg

/// Files that PyTorch wrote, and files that only look like it: `Fixtures/torch/make_torch.py` made them.
@Suite struct TorchStateDictTests {
    private static let folder = Fixture.root + "/torch/"

    private struct ExpectedTensor: Decodable {
        let shape: [Int]
        let values: [Float]
    }

    @Test(
        "Every layout of numbers is read as PyTorch reads it", arguments: ["tensors.pth", "plain-dictionary.pth"])
    func layouts(file: String) throws {
        let tensors = try TorchStateDict(FileBytes(path: Self.folder + file)).tensors
        let json = try Data(contentsOf: URL(fileURLWithPath: Self.folder + "tensors.json"))
        let expected = try JSONDecoder().decode([String: ExpectedTensor].self, from: json)
        #expect(expected.count == 11)
        for (name, expected) in expected {
            let tensor = try #require(tensors[name])
            #expect(tensor.shape == expected.shape, "\(name)")
            #expect(try tensor.values(name) == expected.values, "\(name)")
        }
        for (name, format) in ["i64": "I64", "f64": "F64"] {
            #expect(throws: CheckpointError.unsupportedFormat(name: name, format: format)) {
                try #require(tensors[name]).values(name)
            }
        }
    }

    @Test("A transposed matrix and some of its rows are views of the same numbers")
    func views() throws {
        let tensors = try TorchStateDict(FileBytes(path: Self.folder + "tensors.pth")).tensors
        let matrix = try #require(tensors["f32"])
        #expect(try matrix.transposed.values("f32") == #require(tensors["transposed"]).values("transposed"))
        #expect(try matrix.rows(1..<3).values("f32") == #require(tensors["shared"]).values("shared"))
        #expect(try matrix.transposed.rows(2..<3).values("f32") == #require(tensors["column"]).values("column"))
        #expect(try matrix.transposed.rows(2..<2).values("f32") == [])
    }

    @Test("A file cut short anywhere is refused, by name")
    func truncated() throws {
        let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: Self.folder + "tensors.pth")))
        for count in stride(from: 0, to: whole.count, by: 7) {
            let error = try #require(throws: CheckpointError.self, "\(count) bytes") {
                try Self.read(Array(whole[..<count]))
            }
            #expect(error.description.contains("weights.bin"), "\(count) bytes")
        }
    }

    private struct HostileFile: Decodable, CustomTestStringConvertible {
        let name: String
        let file: Data
        let words: [String]
        var testDescription: String { name }

        static let all = {
            let json = try? Data(contentsOf: URL(fileURLWithPath: folder + "hostile.json"))
            return json.flatMap { try? JSONDecoder().decode([HostileFile].self, from: $0) } ?? []
        }()
    }

    @Test("There are hostile files")
    func hostileFiles() {
        #expect(HostileFile.all.count > 60)
    }

    @Test("A file is refused that", arguments: HostileFile.all)
    private func hostile(file: HostileFile) throws {
        let error = try #require(throws: CheckpointError.self) { try Self.read([UInt8](file.file)) }
        for word in file.words { #expect(error.description.contains(word), "\(error)") }
    }

    @Test(
        "A pickle is refused that",
        arguments: [
            ("fills the stack", [UInt8](repeating: 0x4E, count: 1 << 17)),
            ("marks without end", [UInt8](repeating: 0x28, count: 1 << 17)),
            ("nests tuples without end", [0x29] + [UInt8](repeating: 0x85, count: 1 << 20)),
            ("remembers without end", [0x4E] + (0..<270_000).flatMap(Self.put)),
        ])
    func endless(name: String, instructions: [UInt8]) {
        #expect(throws: CheckpointError.self) {
            try ([0x80, 0x02] + instructions + [0x2E]).withUnsafeBytes { try StateDictPickle.tensors($0, file: name) }
        }
    }

    /// LONG_BINPUT
    private static func put(_ key: Int) -> [UInt8] {
        [0x72] + withUnsafeBytes(of: UInt32(key).littleEndian, Array.init)
    }

    private static func read(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { _ = try TorchStateDict(FileBytes(name: "weights.bin", embedded: $0)) }
    }
}
