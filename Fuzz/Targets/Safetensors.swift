@testable import CLIPSeg

extension FuzzTarget {
    /// A safetensors file, as it is, and the JSON of its header with the right length before it and numbers behind it.
    ///
    /// Every tensor that it lists can be read.
    static let safetensors = FuzzTarget(maxLength: 2048) { bytes in
        read(bytes)
        let json = bytes.dropFirst(8)
        let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> ($0 * 8)) }
        read(length + json + [UInt8](repeating: 0x3C, count: 64))
    }

    private static func read(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bytes in
            guard let header = try? SafetensorsHeader(bytes, file: "fuzz") else { return }
            let file = FileBytes(name: "fuzz", embedded: bytes)
            let folder = CheckpointFolder(name: "fuzz", embedded: [WeightFileKind.safetensors.singleFile: file])
            guard let checkpoint = try? Checkpoint(folder) else { fatalError("Broken promise: a header, a checkpoint") }
            for (name, entry) in header.entries {
                require(bytes.indices.contains(entry.range.lowerBound) || entry.range.isEmpty, "in the file")
                require(entry.range.upperBound <= bytes.count, "in the file")
                guard ["F32", "F16", "BF16"].contains(entry.format) else { continue }
                do throws(CheckpointError) {
                    let values = try checkpoint.values(name, entry.shape)
                    require(values.count == entry.shape.reduce(1, *), "as many numbers as the shape says")
                    require(values.allSatisfy(\.isFinite), "numbers")
                    let inPlace = try? checkpoint.withValues(name, entry.shape) { Array($0) }
                    require(inPlace == values, "the same numbers in place")
                } catch {
                    guard case .malformed = error else { fatalError("Broken promise: what is listed can be read") }
                }
            }
        }
    }
}
