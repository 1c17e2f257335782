internal import CPNG

/// What the numbers in a PNG file's rows are (PNG, section 6.1).
enum PNGSamples {
    case bilevel
    case greyscale
    case greyscale16
    case rgb
    case rgba
    /// Numbers of the palette's entries, of which there are 1 to 256.
    case indexed(palette: [RGBColor])

    var color: cpng_color {
        switch self {
        case .bilevel, .greyscale, .greyscale16: .greyscale
        case .rgb: .rgb
        case .rgba: .rgba
        case .indexed: .indexed
        }
    }

    var palette: [RGBColor] {
        if case .indexed(let palette) = self { palette } else { [] }
    }

    /// Bits of a sample in the file; the fewest that will do.
    var bitDepth: Int32 {
        switch self {
        case .bilevel: 1
        case .greyscale, .rgb, .rgba: 8
        case .greyscale16: 16
        case .indexed(let palette):
            switch palette.count {
            case ...2: 1
            case ...4: 2
            case ...16: 4
            default: 8
            }
        }
    }

    /// Bytes of a pixel in the rows that libpng is given, where samples of less than 8 bits take a byte each.
    var bytesPerPixel: Int {
        switch self {
        case .bilevel, .greyscale, .indexed: 1
        case .greyscale16: 2
        case .rgb: 3
        case .rgba: 4
        }
    }
}
