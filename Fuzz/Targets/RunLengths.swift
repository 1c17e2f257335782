import Imaging

extension FuzzTarget {
    /// A width, a height, and the short form of run lengths: refused, or the mask that they describe, which is encoded the
    /// same way again.
    static let runLengths = FuzzTarget(maxLength: 512) { bytes in
        guard bytes.count >= 2 else { return }
        let (width, height) = (Int(bytes[0] % 80), Int(bytes[1] % 80))
        let string = String(decoding: bytes.dropFirst(2), as: UTF8.self)
        guard let encoding = try? RunLengthEncoding(width: width, height: height, string: string) else { return }
        require(encoding.counts.reduce(0, +) == width * height, "as many pixels as the mask has")
        require(encoding.counts.dropFirst().allSatisfy { $0 > 0 }, "no empty run but the first")
        let mask = encoding.mask
        require(RunLengthEncoding(mask) == encoding, "decoded and encoded, the same lengths")
        let again = try? RunLengthEncoding(width: width, height: height, string: encoding.string)
        require(again == encoding, "written again, read the same")
        let inside = (try? mask.contours())?.reduce(0) { $0 + $1.doubledSignedArea }
        require(inside == 2 * mask.area, "contours enclose what belongs to the mask")
    }
}
