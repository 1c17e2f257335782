/// Reads integers of a TIFF structure, in the byte order that its header says. Every read is checked: the bytes come from
/// strangers.
struct TIFFReader {
    private let bytes: ArraySlice<UInt8>
    private let isLittleEndian: Bool

    /// - Returns: `nil` if `bytes` do not begin with a TIFF header.
    init?(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        if bytes.starts(with: [0x49, 0x49, 0x2A, 0x00]) {
            isLittleEndian = true
        } else if bytes.starts(with: [0x4D, 0x4D, 0x00, 0x2A]) {
            isLittleEndian = false
        } else {
            return nil
        }
    }

    /// The value of a tag that holds one integer of 16 or 32 bits. The first entry that can be read counts.
    func firstDirectoryValue(ofTag wanted: Int) -> Int? {
        guard let directory = integer(at: 4, bytes: 4), let entries = integer(at: directory, bytes: 2) else {
            return nil
        }
        for index in 0..<entries {
            let entry = directory + 2 + index * 12
            guard let tag = integer(at: entry, bytes: 2), let type = integer(at: entry + 2, bytes: 2),
                let count = integer(at: entry + 4, bytes: 4)
            else { return nil }
            guard tag == wanted, count == 1, let size = Self.size(ofIntegerType: type) else { continue }
            return integer(at: entry + 8, bytes: size)
        }
        return nil
    }

    /// SHORT, LONG, SSHORT and SLONG; orientations are too small for the sign to matter.
    private static func size(ofIntegerType type: Int) -> Int? {
        switch type {
        case 3, 8: 2
        case 4, 9: 4
        default: nil
        }
    }

    private func integer(at offset: Int, bytes count: Int) -> Int? {
        guard offset <= bytes.count - count else { return nil }
        let start = bytes.startIndex + offset
        let field = bytes[start..<start + count]
        return isLittleEndian
            ? field.reversed().reduce(0) { $0 << 8 | Int($1) }
            : field.reduce(0) { $0 << 8 | Int($1) }
    }
}
