extension FuzzTarget {
    /// A PNG file, as it is, and with the checksums put right that mutation breaks.
    static let png = FuzzTarget(maxLength: 4096) { bytes in
        let file = signature + bytes.dropFirst(signature.count)
        decode(file)
        decode(withRightChecksums(file))
    }

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    /// A chunk is a length of four bytes, a type of four, data, and a checksum of the last two (PNG, section 5.3).
    private static func withRightChecksums(_ file: [UInt8]) -> [UInt8] {
        var file = file
        var start = signature.count
        while start + 12 <= file.count {
            let length = file[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
            let checksum = start + 8 + length
            guard checksum + 4 <= file.count else { break }
            let sum = crc32(file[(start + 4)..<checksum])
            for index in 0..<4 { file[checksum + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
            start = checksum + 4
        }
        return file
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
