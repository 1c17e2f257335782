import Compute
import Foundation
import Testing

@testable import CLIPSeg

@Suite struct SafetensorsTests {
    /// A small file: three tensors, metadata, and data that begins at an odd address.
    private static let valid = SafetensorsFile.bytes(
        #"{"__metadata__": {"format": "pt"}, "b": {"dtype": "F16", "shape": [3], "data_offsets": [8, 14]}, "#
            + #""a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}, "#
            + #""c": {"dtype": "BF16", "shape": [], "data_offsets": [14, 16]}}  "#,
        data: Array(0..<16))

    private static func header(_ bytes: [UInt8]) throws -> SafetensorsHeader {
        try bytes.withUnsafeBytes { try SafetensorsHeader($0, file: "weights.safetensors") }
    }

    /// A header of one object, and sixteen bytes of data.
    private static func header(_ json: String) throws -> SafetensorsHeader {
        try header(SafetensorsFile.bytes(json, data: [UInt8](repeating: 0, count: 16)))
    }

    @Test("The header tells each tensor's format, shape and place")
    func entries() throws {
        let entries = try Self.header(Self.valid).entries
        let start = Self.valid.count - 16
        #expect(entries.count == 3)
        #expect(entries["a"] == SafetensorsHeader.Entry(format: "F32", shape: [1, 2], range: start..<start + 8))
        #expect(entries["b"] == SafetensorsHeader.Entry(format: "F16", shape: [3], range: start + 8..<start + 14))
        #expect(entries["c"] == SafetensorsHeader.Entry(format: "BF16", shape: [], range: start + 14..<start + 16))
    }

    @Test("A file without tensors is one too", arguments: ["{}", #"{"__metadata__": {}}"#])
    func empty(json: String) throws {
        #expect(try Self.header(SafetensorsFile.bytes(json)).entries.isEmpty)
    }

    @Test("A file cut short anywhere is refused, by name")
    func truncated() throws {
        for count in 0..<Self.valid.count {
            let error = try #require(throws: CheckpointError.self, "\(count) bytes") {
                try Self.header(Array(Self.valid[..<count]))
            }
            #expect(error.description.contains("weights.safetensors"), "\(count) bytes")
        }
    }

    @Test("A file that goes on after its last tensor is refused")
    func tooLong() {
        #expect(throws: CheckpointError.self) { try Self.header(Self.valid + [0]) }
    }

    @Test(
        "A header length that lies is refused",
        arguments: [0, 1, 7, 100_000_000, 100_000_001, 1 << 31, 1 << 32, 1 << 62, UInt64.max - 7, UInt64.max])
    func lyingLength(length: UInt64) throws {
        var bytes = Self.valid
        bytes.replaceSubrange(0..<8, with: withUnsafeBytes(of: length.littleEndian, Array.init))
        #expect(throws: CheckpointError.self) { try Self.header(bytes) }
    }

    @Test("A header that is one byte longer or shorter than it says is refused", arguments: [-3, 1])
    func offByOne(difference: Int) throws {
        var bytes = Self.valid
        bytes[0] = UInt8(Int(bytes[0]) + difference)
        #expect(throws: CheckpointError.self) { try Self.header(bytes) }
    }

    @Test(
        "Offsets that lie outside the file, go backwards, overlap or leave a hole are refused",
        arguments: [
            #"{"a": {"dtype": "F32", "shape": [5], "data_offsets": [0, 20]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [4, 20]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [-8, 8]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [16, 0]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [9223372036854775807, 9223372036854775807]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 9223372036854775807]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [-9223372036854775808, 9223372036854775807]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 1e30]}}"#,
            #"{"a": {"dtype": "X9", "shape": [4], "data_offsets": [0, 17]}}"#,
            // The same bytes twice.
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}, "#
                + #""b": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}, "#
                + #""b": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}"#,
            // Bytes that belong to nobody: at the start, between, at the end.
            #"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [4, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [1], "data_offsets": [0, 4]}, "#
                + #""b": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [3], "data_offsets": [0, 12]}}"#,
            #"{}"#,
        ])
    func offsets(json: String) throws {
        #expect(throws: CheckpointError.self) { try Self.header(json) }
    }

    @Test(
        "A shape that its bytes are not is refused, naming the tensor",
        arguments: [
            "[3]", "[5]", "[]", "[0]", "[2, 3]", "[-4]", "[-2, -2]", "[4611686018427387905]", "[9223372036854775807]",
            "[4294967296, 4294967296]", "[9223372036854775807, 9223372036854775807, 4]",
            "[3037000500, 3037000500, 3037000500]",
        ])
    func shapes(shape: String) throws {
        let error = try #require(throws: CheckpointError.self) {
            try Self.header("{\"conv.weight\": {\"dtype\": \"F32\", \"shape\": \(shape), \"data_offsets\": [0, 16]}}")
        }
        #expect(error.description.contains("conv.weight"))
    }

    @Test(
        "A header that is not the JSON of this format is refused",
        arguments: [
            "", " ", "[]", "null", "7", #""a""#, "{", #"{"a"}"#, #"{"a": null}"#, #"{"a": []}"#, #"{"a": {}}"#,
            #"{"a": {"shape": [4], "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4]}}"#,
            #"{"a": {"dtype": 32, "shape": [4], "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": 4, "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [1.5], "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": ["4"], "data_offsets": [0, 16]}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": {"0": 16}}}"#,
            #"{"a": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}} x"#,
            String(repeating: "[", count: 100_000),
            #"{"a": {"dtype": "F32", "data_offsets": [0, 16], "shape": "# + String(repeating: "[", count: 100_000),
            String(repeating: #"{"a":"#, count: 100_000),
        ])
    func notAHeader(json: String) throws {
        #expect(throws: CheckpointError.self) { try Self.header(json) }
    }

    @Test("A header that is not UTF-8 is refused")
    func notUTF8() throws {
        let parts = [#"{"a"#, #"": {"dtype": "F32", "shape": [4], "data_offsets": [0, 16]}}"#].map { Array($0.utf8) }
        let data = [UInt8](repeating: 0, count: 16)
        #expect(try Self.header(SafetensorsFile.bytes(parts[0] + parts[1], data: data)).entries.keys.first == "a")
        for garbage: [UInt8] in [[0xFF], [0xC3], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80]] {
            #expect(throws: CheckpointError.self) {
                try Self.header(SafetensorsFile.bytes(parts[0] + garbage + parts[1], data: data))
            }
        }
    }

    @Test("A name that comes twice with different bytes is refused")
    func duplicate() throws {
        #expect(throws: CheckpointError.self) {
            try Self.header(
                #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "#
                    + #""a": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}}"#)
        }
    }

    @Test("A tensor without elements takes no bytes, wherever it lies", arguments: [0, 8, 16])
    func noElements(offset: Int) throws {
        let entries = try Self.header(
            #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "#
                + #""b": {"dtype": "F32", "shape": [2], "data_offsets": [8, 16]}, "#
                + #""none": {"dtype": "F32", "shape": [3, 0], "data_offsets": [\#(offset), \#(offset)]}}"#
        ).entries
        #expect(entries.count == 3)
        #expect(entries["none"]?.range.isEmpty == true)
    }

    @Test("A format that is not supported matters only to who asks for the tensor")
    func unknownFormat() throws {
        let file = SafetensorsFile.bytes(
            #"{"a": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, "#
                + #""ids": {"dtype": "I64", "shape": [1], "data_offsets": [8, 16]}}"#,
            data: [UInt8](repeating: 0, count: 16))
        try withCheckpoint(file) { checkpoint in
            let values = try checkpoint.values("a", [2])
            #expect(values == [0, 0])
            #expect(throws: CheckpointError.unsupportedFormat(name: "ids", format: "I64")) {
                try checkpoint.values("ids", [1])
            }
        }
    }

    @Test("All finite numbers of each 16-bit format are read exactly", arguments: [0, 1])
    func sixteenBits(misalignment: Int) throws {
        for (format, number) in [
            ("F16", { Float(Float16(bitPattern: $0)) }), ("BF16", { Float(bitPattern: UInt32($0) << 16) }),
        ] as [(String, (UInt16) -> Float)] {
            let patterns = (0...UInt16.max).filter { number($0).isFinite }
            let data = patterns.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
            let values = try read(format, data, count: patterns.count, misalignment: misalignment)
            #expect(values.map(\.bitPattern) == patterns.map { number($0).bitPattern }, "\(format)")
        }
    }

    @Test("32-bit numbers keep every bit, aligned or not", arguments: 0..<4)
    func thirtyTwoBits(misalignment: Int) throws {
        let numbers: [Float] = [
            0, -0.0, 1, -1.5, .pi, .leastNonzeroMagnitude, -.leastNormalMagnitude, .leastNormalMagnitude.nextDown,
            .greatestFiniteMagnitude,
        ]
        let data = numbers.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
        let values = try read("F32", data, count: numbers.count, misalignment: misalignment)
        #expect(values.map(\.bitPattern) == numbers.map(\.bitPattern))
    }

    @Test("Infinity, and what is not a number, can't be weights", arguments: [.infinity, -.infinity, .nan] as [Float])
    func notFinite(number: Float) throws {
        let data = [1, number, 2].flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
        let error = try #require(throws: CheckpointError.self) { try read("F32", data, count: 3, misalignment: 0) }
        #expect(error.description.contains("the tensor a holds"))
    }

    /// The values of a tensor that starts so many bytes off a word.
    private func read(_ format: String, _ data: [UInt8], count: Int, misalignment: Int) throws -> [Float] {
        let json = "{\"a\": {\"dtype\": \"\(format)\", \"shape\": [\(count)], \"data_offsets\": [0, \(data.count)]}}"
        var values: [Float] = []
        try withCheckpoint(SafetensorsFile.bytes(json + String(repeating: " ", count: misalignment), data: data)) {
            values = try $0.values("a", [count])
            let inPlace = try $0.withValues("a", [count]) { $0.map(\.bitPattern) }
            #expect(inPlace == values.map(\.bitPattern))
        }
        return values
    }

    /// Calls `body` with a checkpoint of one file.
    private func withCheckpoint(_ file: [UInt8], _ body: (Checkpoint) throws -> Void) throws {
        try file.withUnsafeBytes { bytes in
            let name = "model.safetensors"
            try body(
                Checkpoint(
                    CheckpointFolder(name: "memory", embedded: [name: FileBytes(name: name, embedded: bytes)])))
        }
    }
}
