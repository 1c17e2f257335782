/// A picture for each prompt.
struct SeparatePictures {
    let header: ReportHeader
    let labels: [String]
    let files: [[UInt8]]

    private struct Picture: Encodable {
        let label: String
        var contentType: String?
        var data: String?
        var file: String?

        enum CodingKeys: String, CodingKey {
            case label, data, file
            case contentType = "content_type"
        }
    }

    private struct Index: Encodable {
        let header: ReportHeader
        let pictures: [Picture]

        enum CodingKeys: CodingKey {
            case pictures
        }

        func encode(to encoder: any Encoder) throws {
            try header.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(pictures, forKey: .pictures)
        }
    }

    /// JSON with the pictures in base64; or a ZIP file with `1.png`, `2.png` and so on, and `index.json` to say whose they
    /// are.
    func packed(as package: Package) throws -> [UInt8] {
        switch package {
        case .json:
            return try JSONFile.encode(
                index { Picture(label: labels[$0], contentType: OutputKind.mask.contentType, data: files[$0].base64) })
        case .zip:
            var zip = ZIPFile()
            zip.add("index.json", try JSONFile.encode(index { Picture(label: labels[$0], file: Self.name($0)) }))
            for (number, file) in files.enumerated() { zip.add(Self.name(number), file) }
            return zip.finished()
        }
    }

    private func index(_ picture: (Int) -> Picture) -> Index {
        Index(header: header, pictures: files.indices.map(picture))
    }

    private static func name(_ number: Int) -> String { "\(number + 1).png" }
}
