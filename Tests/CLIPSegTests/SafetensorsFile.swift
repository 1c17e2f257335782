import Foundation

@testable import CLIPSeg

/// The tensors of a safetensors file, to change and write again.
struct SafetensorsFile {
    struct Tensor {
        var format: String
        var shape: [Int]
        var data: [UInt8]
    }

    var tensors: [String: Tensor]

    init(_ path: String) throws {
        let bytes = try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
        tensors = try bytes.withUnsafeBytes { try SafetensorsHeader($0, file: path) }.entries.mapValues {
            Tensor(format: $0.format, shape: $0.shape, data: Array(bytes[$0.range]))
        }
    }

    /// The file.
    func bytes() throws -> [UInt8] {
        struct Entry: Encodable {
            let dtype: String
            let shape: [Int]
            let offsets: [Int]

            enum CodingKeys: String, CodingKey {
                case dtype, shape
                case offsets = "data_offsets"
            }
        }
        var header: [String: Entry] = [:]
        var data: [UInt8] = []
        for (name, tensor) in tensors {
            let end = data.count + tensor.data.count
            header[name] = Entry(dtype: tensor.format, shape: tensor.shape, offsets: [data.count, end])
            data += tensor.data
        }
        return Self.bytes(try JSONEncoder().encode(header), data: data)
    }

    /// A file of this header, whatever it says, and these bytes.
    static func bytes(_ header: some Collection<UInt8>, data: [UInt8] = []) -> [UInt8] {
        withUnsafeBytes(of: UInt64(header.count).littleEndian, Array.init) + header + data
    }

    /// A file of this header, whatever it says, and these bytes.
    static func bytes(_ header: String, data: [UInt8] = []) -> [UInt8] {
        bytes(Array(header.utf8), data: data)
    }
}
