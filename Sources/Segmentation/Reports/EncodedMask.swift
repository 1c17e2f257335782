import Imaging

/// A mask in JSON.
enum EncodedMask: Encodable {
    /// A PNG file in base64.
    case png(String)
    /// COCO's run lengths: `size` is height and width, `counts` the short form.
    case runs(size: [Int], counts: String)
    /// Outlines as lists of x, y, x, y, …; holes have outlines of their own, filled by the even-odd rule.
    case polygons([[Int]])

    /// Nil if no mask is wanted.
    init?(_ mask: BinaryMask, _ format: MaskFormat) throws {
        switch format {
        case .png:
            let file = try PNGEncoder.encodeMask(width: mask.width, height: mask.height) { row, bytes in
                for column in 0..<bytes.count { bytes[column] = 0 &- mask.values[row * mask.width + column] }
            }
            self = .png(file.base64)
        case .rle:
            self = .runs(size: [mask.height, mask.width], counts: RunLengthEncoding(mask).string)
        case .polygon:
            do throws(TooManyPointsError) {
                self = .polygons(try mask.contours().map(\.coordinates))
            } catch {
                throw InputError(.unprocessable, code: "too_much_work", parameter: "mask_format", error.description)
            }
        case .none: return nil
        }
    }

    private enum CodingKeys: CodingKey {
        case format, data, size, counts, polygons
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .png(let data):
            try container.encode(MaskFormat.png.rawValue, forKey: .format)
            try container.encode(data, forKey: .data)
        case .runs(let size, let counts):
            try container.encode(MaskFormat.rle.rawValue, forKey: .format)
            try container.encode(size, forKey: .size)
            try container.encode(counts, forKey: .counts)
        case .polygons(let polygons):
            try container.encode(MaskFormat.polygon.rawValue, forKey: .format)
            try container.encode(polygons, forKey: .polygons)
        }
    }
}
