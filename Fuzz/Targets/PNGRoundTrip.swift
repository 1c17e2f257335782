import Imaging

extension FuzzTarget {
    /// A width, and pixels: encoded in each way there is, they come back.
    static let pngRoundTrip = FuzzTarget(maxLength: 1024) { bytes in
        guard let first = bytes.first else { return }
        let width = Int(first) % 40 + 1
        let pixels = bytes.dropFirst()
        func rows(_ channels: Int) -> (pixels: [UInt8], height: Int) {
            let height = pixels.count / channels / width
            return (Array(pixels.prefix(width * height * channels)), height)
        }
        func source(_ pixels: [UInt8]) -> PNGEncoder.RowSource<UInt8> {
            { row, target in
                for index in target.indices { target[index] = pixels[row * target.count + index] }
            }
        }
        func check(_ file: [UInt8]?, _ expected: [UInt8], height: Int, _ alpha: AlphaHandling = .compositeOnWhite) {
            let image = file.flatMap { try? RGBImage(decoding: $0, alpha: alpha) }
            require(image == RGBImage(width: width, height: height, pixels: expected), "the same pixels")
        }
        let (grey, greyRows) = rows(1)
        guard greyRows > 0 else {
            require(
                (try? PNGEncoder.encode(greyscale: grey, width: width, height: 0)) == nil, "no picture without rows")
            return
        }
        check(
            try? PNGEncoder.encode(greyscale: grey, width: width, height: greyRows), grey.flatMap { [$0, $0, $0] },
            height: greyRows)
        check(
            try? PNGEncoder.encodeBilevel(width: width, height: greyRows, row: source(grey)),
            grey.flatMap { [UInt8](repeating: $0 == 0 ? 0 : 255, count: 3) }, height: greyRows)
        let (rgb, rgbRows) = rows(3)
        if rgbRows > 0 {
            check(
                try? PNGEncoder.encode(RGBImage(width: width, height: rgbRows, pixels: rgb)), rgb, height: rgbRows)
        }
        let (rgba, rgbaRows) = rows(4)
        if rgbaRows > 0 {
            check(
                try? PNGEncoder.encodeRGBA(width: width, height: rgbaRows, row: source(rgba)),
                rgba.indices.filter { $0 % 4 != 3 }.map { rgba[$0] }, height: rgbaRows, .discard)
        }
    }
}
