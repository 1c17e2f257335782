import CZlib

/// A ZIP file (PKWARE APPNOTE 6.3) whose members are stored as they are: PNG can't be packed further.
struct ZIPFile {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count: UInt16 = 0

    /// January 1 1980, the first day that ZIP knows: a file is a function of its members alone.
    private static let date: UInt16 = 1 << 5 | 1

    /// Adds a member.
    ///
    /// - Precondition: All members together have less than 4 GiB.
    mutating func add(_ name: String, _ member: [UInt8]) {
        let offset = UInt32(bytes.count)
        let entry = Self.entry(name, member)
        bytes += Self.little(UInt32(0x0403_4B50)) + entry + Array(name.utf8) + member
        directory += Self.little(UInt32(0x0201_4B50)) + Self.little(UInt16(20)) + entry
        // No comment, one disk, no attributes.
        directory += [UInt8](repeating: 0, count: 10) + Self.little(offset) + Array(name.utf8)
        count += 1
    }

    /// The file.
    consuming func finished() -> [UInt8] {
        let start = UInt32(bytes.count)
        bytes += directory
        bytes += Self.little(UInt32(0x0605_4B50)) + [0, 0, 0, 0] + Self.little(count) + Self.little(count)
        bytes += Self.little(UInt32(directory.count)) + Self.little(start) + [0, 0]
        return bytes
    }

    /// What the member's own header and the directory both say.
    private static func entry(_ name: String, _ member: [UInt8]) -> [UInt8] {
        let checksum = member.withUnsafeBytes { UInt32(czlib_crc32($0.baseAddress, $0.count)) }
        let size = little(UInt32(member.count))
        // Version 2.0, no flags, stored, at midnight.
        return little(UInt16(20)) + [0, 0, 0, 0, 0, 0] + little(date) + little(checksum) + size + size
            + little(UInt16(name.utf8.count)) + [0, 0]
    }

    private static func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }
}
