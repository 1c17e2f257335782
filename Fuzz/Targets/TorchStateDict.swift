@testable import CLIPSeg

extension FuzzTarget {
    /// A file of `torch.save`, as it is, and as the pickle of an archive with two storages of 64 bytes.
    ///
    /// Every tensor that it lists can be read: no number of it lies outside the file, and none is there twice.
    static let torchStateDict = FuzzTarget(maxLength: 4096) { bytes in
        read(bytes)
        read(archive([("a/data.pkl", bytes), ("a/data/0", numbers), ("a/data/1", numbers)]))
    }

    private static let numbers = [UInt8](repeating: 0x3C, count: 64)

    private static func read(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            let file = FileBytes(name: "fuzz", embedded: bytes)
            guard let tensors = try? TorchStateDict(file).tensors else { return }
            require(!tensors.isEmpty, "tensors")
            for (name, tensor) in tensors {
                require(tensor.count <= bytes.count, "no more numbers than bytes")
                do throws(CheckpointError) {
                    let values = try tensor.values(name)
                    require(values.count == tensor.count, "as many numbers as the shape says")
                    require(values.allSatisfy(\.isFinite), "numbers")
                    guard tensor.shape.count == 2 else { continue }
                    let again = try tensor.transposed.transposed.rows(0..<tensor.shape[0]).values(name)
                    require(again == values, "transposed twice, the same matrix")
                } catch {
                    switch error {
                    case .malformed, .unsupportedFormat: break
                    default: fatalError("Broken promise: what is listed can be read")
                    }
                }
            }
        }
    }

    /// A ZIP archive, nothing in it compressed.
    private static func archive(_ records: [(name: String, content: [UInt8])]) -> [UInt8] {
        func bytes(_ fields: [UInt32]) -> [UInt8] {
            fields.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
        }
        var file: [UInt8] = []
        var directory: [UInt8] = []
        for (name, content) in records {
            let sizes = [0, UInt32(content.count), UInt32(content.count), UInt32(name.utf8.count)]
            directory += bytes([0x0201_4B50, 0, 0, 0] + sizes + [0, 0]) + [0, 0] + bytes([UInt32(file.count)])
            directory += Array(name.utf8)
            file += bytes([0x0403_4B50, 0, 0]) + [0, 0] + bytes(sizes) + Array(name.utf8) + content
        }
        let count = UInt32(records.count)
        return file + directory
            + bytes([0x0605_4B50, 0, count << 16 | count, UInt32(directory.count), UInt32(file.count)]) + [0, 0]
    }
}
