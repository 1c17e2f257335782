import Compute
import Foundation
import Testing

@testable import CLIPSeg

/// What `Fixtures/make_fixtures.py` wrote; `Fixtures/README.md` describes it.
struct Fixture: CustomTestStringConvertible, Sendable {
    let name: String
    var testDescription: String { name }

    static let all = ["complex", "simple", "sharded", "odd"].map(Fixture.init)

    static let root = Bundle.module.resourcePath.map { $0 + "/Fixtures" } ?? "Fixtures"

    var path: String { Self.root + "/" + name }

    func model(_ backend: any Backend = testBackend()) throws -> CLIPSegForImageSegmentation {
        try CLIPSegForImageSegmentation(CheckpointFolder(path: path), backend: backend)
    }

    /// The prompts, as tokens.
    func inputIDs() throws -> [[Int]] {
        struct Cases: Decodable {
            let inputIDs: [[Int]]

            enum CodingKeys: String, CodingKey {
                case inputIDs = "input_ids"
            }
        }
        let data = try Data(contentsOf: URL(fileURLWithPath: path + "/cases.json"))
        return try JSONDecoder().decode(Cases.self, from: data).inputIDs
    }

    func expected() throws -> Expected { try Expected(path + "/expected.safetensors") }
}

/// The tensors of a file of expected results.
struct Expected {
    private let file: FileBytes
    private let entries: [String: SafetensorsHeader.Entry]

    init(_ path: String) throws {
        file = try FileBytes(path: path)
        entries = try SafetensorsHeader(file).entries
    }

    struct Missing: Error { let name: String }

    func shape(_ name: String) throws -> [Int] {
        guard let entry = entries[name] else { throw Missing(name: name) }
        return entry.shape
    }

    func values(_ name: String) throws -> [Float] {
        guard let entry = entries[name], let format = StoredFormat(rawValue: entry.format) else {
            throw Missing(name: name)
        }
        return file.withUnsafeBytes { format.decode(UnsafeRawBufferPointer(rebasing: $0[entry.range])) }
    }

    /// A tensor whose last dimension is the width and whose others are rows.
    func matrix(_ name: String) throws -> Matrix {
        let values = try values(name)
        let columns = try shape(name).last ?? 1
        return Matrix(rows: values.count / columns, columns: columns, values)
    }

    func pixelValues(_ name: String) throws -> PixelValues {
        let shape = try shape(name)
        return PixelValues(
            images: shape[0], channels: shape[1], height: shape[2], width: shape[3], values: try values(name))
    }
}

extension PixelValues {
    func image(_ index: Int) -> PixelValues {
        let size = channels * height * width
        return PixelValues(
            images: 1, channels: channels, height: height, width: width,
            values: Array(values[index * size..<(index + 1) * size]))
    }
}

/// The backend that this build prefers.
func testBackend(_ precision: Precision = .fp32) -> any Backend {
    #if OneDNN
    OneDNNBackend(precision: precision, threads: 2)
    #else
    PortableBackend(precision: precision, threads: 2)
    #endif
}

/// The largest difference, in standard deviations of what was expected.
func error(_ found: [Float], _ expected: [Float]) -> Float {
    guard found.count == expected.count, !found.isEmpty else { return .infinity }
    let mean = expected.reduce(0, +) / Float(expected.count)
    let variance = expected.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(expected.count)
    let scale = expected.count > 1 ? variance.squareRoot() : abs(mean)
    let difference = zip(found, expected).reduce(Float(0)) {
        max($0, ($1.0 - $1.1).isNaN ? .infinity : abs($1.0 - $1.1))
    }
    return difference / scale
}
