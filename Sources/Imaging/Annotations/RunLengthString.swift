/// COCO's short form of the lengths, as `pycocotools.mask` reads and writes it (cocodataset/cocoapi, `maskApi.c`): from the
/// fourth on, a length is given as the difference to that of two before; each number in groups of five bits, the lowest
/// first, with a sixth bit if another follows; two's complement, cut where sign extension restores it; each group plus 48 is
/// an ASCII character, `0` to `o`.
extension RunLengthEncoding {
    /// The lengths in short form.
    public var string: String {
        var characters: [UInt8] = []
        for (index, count) in counts.enumerated() {
            var rest = index > 2 ? count - counts[index - 2] : count
            var hasMore = true
            while hasMore {
                let group = UInt8(truncatingIfNeeded: rest & 0x1F)
                rest >>= 5
                hasMore = rest != (group & 0x10 == 0 ? 0 : -1)
                characters.append(48 + (hasMore ? group | 0x20 : group))
            }
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// Reads lengths in short form.
    ///
    /// - Throws: `RunLengthError` if the string is something else, or does not fit the size.
    public init(width: Int, height: Int, string: String) throws(RunLengthError) {
        var counts: [Int] = []
        var (number, bits) = (0, 0)
        var position = 0
        for character in string.utf8 {
            position += 1
            guard (48..<48 + 64).contains(character) else { throw .unexpectedCharacter(position: position) }
            let group = Int(character - 48)
            guard bits < 60 else { throw .brokenNumber(position: position) }
            number |= (group & 0x1F) << bits
            bits += 5
            guard group & 0x20 == 0 else { continue }
            if group & 0x10 != 0 { number |= -1 << bits }
            if counts.count > 2 { number &+= counts[counts.count - 2] }
            counts.append(number)
            (number, bits) = (0, 0)
        }
        guard bits == 0 else { throw .brokenNumber(position: position) }
        try self.init(width: width, height: height, counts: counts)
    }
}
