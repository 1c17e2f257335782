import Foundation
import Testing

@testable import Imaging

/// Images from other projects' test suites, with what Pillow makes of them. They are not part of this repository: set
/// `CLIPSEG_CORPORA`, or put them into `../shared/corpora`.
private enum Corpus {
    static let directory: URL? = {
        let besideThePackage = URL(filePath: #filePath).appending(path: "../../../../shared/corpora").standardized
        let named = ProcessInfo.processInfo.environment["CLIPSEG_CORPORA"].map { URL(filePath: $0) }
        let directory = named ?? besideThePackage
        return FileManager.default.fileExists(atPath: directory.appending(path: "images.json").path) ? directory : nil
    }()

    static let rows: [CorpusImage] = {
        guard let directory, let json = try? Data(contentsOf: directory.appending(path: "images.json")) else {
            return []
        }
        return (try? JSONDecoder().decode([CorpusImage].self, from: json)) ?? []
    }()

    static func file(_ name: String) throws -> [UInt8] {
        let directory = try #require(directory)
        return try [UInt8](Data(contentsOf: directory.appending(path: "images").appending(path: name)))
    }
}

private struct CorpusImage: Decodable, Sendable, CustomTestStringConvertible {
    let file: String
    let expect: String
    let width: Int
    let height: Int
    let displayWidth: Int?
    let displayHeight: Int?
    let pixelExact: Bool
    let rgbSHA256: String?
    let rgbScale16SHA256: String?

    var testDescription: String { file }

    enum CodingKeys: String, CodingKey {
        case file, expect, width, height
        case displayWidth = "display_width"
        case displayHeight = "display_height"
        case pixelExact = "pixel_exact"
        case rgbSHA256 = "rgb_sha256"
        case rgbScale16SHA256 = "rgb_scale16_sha256"
    }
}

@Suite(
    "The public image corpus",
    .enabled(if: Corpus.directory != nil, "no corpus: set CLIPSEG_CORPORA to a folder that holds images.json"))
struct CorpusTests {
    @Test(
        "images that must decode have Pillow's size and pixels",
        arguments: Corpus.rows.filter { $0.expect == "decodes" })
    fileprivate func decodes(row: CorpusImage) throws {
        let image = try RGBImage(decoding: Corpus.file(row.file), alpha: .discard)
        #expect(image.width == row.displayWidth ?? row.width)
        #expect(image.height == row.displayHeight ?? row.height)
        if row.pixelExact {
            #expect([row.rgbSHA256, row.rgbScale16SHA256].contains(sha256(image.pixels)))
        }
    }

    @Test("images that must be refused are", arguments: Corpus.rows.filter { $0.expect.hasPrefix("must_error") })
    fileprivate func refuses(row: CorpusImage) throws {
        let file = try Corpus.file(row.file)
        #expect(throws: ImageError.self) { try RGBImage(decoding: file) }
    }

    @Test(
        "images that may be refused have Pillow's pixels if they are not",
        arguments: Corpus.rows.filter { $0.expect == "either" })
    fileprivate func eitherWay(row: CorpusImage) throws {
        let file = try Corpus.file(row.file)
        guard let image = try? RGBImage(decoding: file, alpha: .discard), row.pixelExact else { return }
        #expect([row.rgbSHA256, row.rgbScale16SHA256].contains(sha256(image.pixels)))
    }
}
