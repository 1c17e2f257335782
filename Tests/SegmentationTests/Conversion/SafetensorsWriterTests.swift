import Compute
import Foundation
import Testing

@testable import CLIPSeg
@testable import Segmentation

@Suite struct SafetensorsWriterTests {
    /// Tensors of every format, in a file of its own.
    private func withTensors(_ body: ([String: StoredTensor]) throws -> Void) throws {
        let values: [Float] = [1, -0.5, 65504, 0x1p-24, 0, 3]
        let halves: [Float] = [1, -0.5, 65504, 0x1p-24, 0, 1.5]
        let bytes =
            StoredFormat.float16.encode(halves) + StoredFormat.bfloat16.encode(values)
            + StoredFormat.float32.encode(values)
        try bytes.withUnsafeBytes { bytes in
            let file = FileBytes(name: "numbers", embedded: bytes)
            func tensor(_ format: StoredFormat, _ shape: [Int], at start: Int) -> StoredTensor {
                StoredTensor(
                    in: file, .init(format: format.rawValue, shape: shape, range: start..<start + 6 * format.byteCount))
            }
            try body([
                "half": tensor(.float16, [2, 3], at: 0), "brain/\"float\"": tensor(.bfloat16, [6], at: 12),
                "float": tensor(.float32, [3, 2], at: 24), "turned": tensor(.float32, [3, 2], at: 24).transposed,
                "empty": StoredTensor(in: file, .init(format: "F32", shape: [0, 4], range: 0..<0)),
            ])
        }
    }

    private func written(_ tensors: [String: StoredTensor], _ format: StoredFormat?) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try SafetensorsWriter(tensors, format: format).write { bytes += $0 }
        return bytes
    }

    @Test("What is written is read as what it was, whatever its layout", arguments: [nil, StoredFormat.float32])
    func roundTrip(format: StoredFormat?) throws {
        try withTensors { tensors in
            try written(tensors, format).withUnsafeBytes { bytes in
                let file = FileBytes(name: "written", embedded: bytes)
                let header = try SafetensorsHeader(file)
                #expect(Set(header.entries.keys) == Set(tensors.keys))
                for (name, entry) in header.entries {
                    let tensor = try #require(tensors[name])
                    #expect(entry.shape == tensor.shape)
                    #expect(entry.format == format?.rawValue ?? tensor.format)
                    #expect(entry.range.lowerBound % (entry.format == "F32" ? 4 : 2) == 0)
                    #expect(try StoredTensor(in: file, entry).values(name) == tensor.values(name))
                }
            }
        }
    }

    @Test("The same tensors make the same file, and the numbers begin at a multiple of eight")
    func deterministic() throws {
        try withTensors { tensors in
            let bytes = try written(tensors, .bfloat16)
            #expect(try written(tensors, .bfloat16) == bytes)
            #expect(bytes[0] % 8 == 0)
            #expect(String(decoding: bytes[8...40], as: UTF8.self).hasPrefix(#"{"__metadata__":{"format":"pt"}"#))
        }
    }

    @Test("A number too large for its format is refused by name") func overflow() throws {
        let bytes = StoredFormat.float32.encode([1, 65519, 65520, 0])
        try bytes.withUnsafeBytes { bytes throws in
            let file = FileBytes(name: "numbers", embedded: bytes)
            func tensor(_ count: Int) -> [String: StoredTensor] {
                ["a": StoredTensor(in: file, .init(format: "F32", shape: [1, count], range: 0..<4 * count))]
            }
            #expect(throws: ConversionError.tooLarge(tensor: "a", format: "F16")) { try written(tensor(3), .float16) }
            #expect(try written(tensor(2), .float16).count % 8 == 4)
        }
    }

    @Test("A tensor of integers is refused by name") func integers() throws {
        let bytes = [UInt8](repeating: 0, count: 8)
        bytes.withUnsafeBytes { bytes in
            let tensor = StoredTensor(
                in: FileBytes(name: "numbers", embedded: bytes), .init(format: "I64", shape: [1], range: 0..<8))
            #expect(throws: CheckpointError.unsupportedFormat(name: "a", format: "I64")) {
                try written(["a": tensor], nil)
            }
        }
    }

    @Test(
        "Only the type's name changes in config.json",
        arguments: [
            (#"{"a": {"dtype": "x"}, "dtype" : "float32"}"#, #"{"a": {"dtype": "x"}, "dtype" : "float16"}"#),
            (#"{"torch_dtype":"float32","b":[{"dtype":"y"}]}"#, #"{"torch_dtype":"float16","b":[{"dtype":"y"}]}"#),
            (#"{"b": "\"dtype\": \"z\"", "dtype": null}"#, #"{"b": "\"dtype\": \"z\"", "dtype": null}"#),
            (#"{"dtype"#, #"{"dtype"#), (#"{"dtype": "x"#, #"{"dtype": "x"#), ("", ""), (#"{"\"#, #"{"\"#),
        ])
    func typeName(json: String, changed: String) {
        let bytes = ConfigurationFile.changed(Array(json.utf8), format: .float16)
        #expect(String(decoding: bytes, as: UTF8.self) == changed)
    }
}
