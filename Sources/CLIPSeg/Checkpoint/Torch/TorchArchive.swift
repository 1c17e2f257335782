/// The records of a file that `torch.save` wrote: a ZIP archive, nothing in it compressed.
///
/// Source: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 to 4.5, and PyTorch's `caffe2/serialize/inline_container.cc`. Only
/// what that writes is read: the directory ends the file, and no two records share a byte. Nothing is ever unpacked, so
/// names are no more than keys. Checksums are not compared; PyTorch has an option to leave them out.
struct TorchArchive {
    /// The bytes of each record, counted from the start of the file, by its name without the folder that holds all.
    private(set) var records: [[UInt8]: Range<Int>] = [:]

    private let bytes: UnsafeRawBufferPointer
    private let file: String

    private static let maxRecords = 100_000
    private static let endByteCount = 22
    private static let locatorByteCount = 20
    private static let largeEndByteCount = 56

    /// - Parameter bytes: The whole file.
    /// - Parameter file: What errors call it.
    init(_ bytes: UnsafeRawBufferPointer, file: String) throws(CheckpointError) {
        self.bytes = bytes
        self.file = file
        records = try records(in: directory())
    }

    /// Where the central directory lies, and how many records it has.
    private struct Directory {
        let range: Range<Int>
        let count: Int
    }

    private func directory() throws(CheckpointError) -> Directory {
        let end = bytes.count - Self.endByteCount
        guard end >= 0, number(at: end, UInt32.self) == 0x0605_4B50 else {
            throw malformed("it does not end as a ZIP archive of PyTorch does")
        }
        let locator = end - Self.locatorByteCount
        let isLarge = locator >= 0 && number(at: locator, UInt32.self) == 0x0706_4B50
        let directory = try isLarge ? largeDirectory(locator) : smallDirectory(end)
        guard directory.count <= Self.maxRecords else {
            throw malformed("it has \(directory.count) records; at most \(Self.maxRecords) are sensible")
        }
        return directory
    }

    private func smallDirectory(_ end: Int) throws(CheckpointError) -> Directory {
        let (size, offset) = (Int(number(at: end + 12, UInt32.self)), Int(number(at: end + 16, UInt32.self)))
        guard offset + size == end else { throw malformed("its directory is not where it should be") }
        return Directory(range: offset..<end, count: Int(number(at: end + 10, UInt16.self)))
    }

    /// The directory of an archive of more than 4 GB, and of every one that PyTorch writes.
    private func largeDirectory(_ locator: Int) throws(CheckpointError) -> Directory {
        let end = locator - Self.largeEndByteCount
        guard end >= 0, number(at: locator + 8, UInt64.self) == UInt64(end),
            number(at: end, UInt32.self) == 0x0606_4B50
        else { throw malformed("its directory is not where it should be") }
        let count = number(at: end + 32, UInt64.self)
        let (size, offset) = (number(at: end + 40, UInt64.self), number(at: end + 48, UInt64.self))
        let (sum, overflow) = offset.addingReportingOverflow(size)
        guard !overflow, sum == UInt64(end) else { throw malformed("its directory is not where it should be") }
        return Directory(range: Int(offset)..<end, count: Int(clamping: count))
    }

    private func records(in directory: Directory) throws(CheckpointError) -> [[UInt8]: Range<Int>] {
        var records: [[UInt8]: Range<Int>] = [:]
        var occupied: [Range<Int>] = []
        var position = directory.range.lowerBound
        var folder: ArraySlice<UInt8>?
        for _ in 0..<directory.count {
            let entry = try DirectoryEntry(self, at: &position, before: directory.range.upperBound)
            guard let slash = entry.name.firstIndex(of: UInt8(ascii: "/")),
                folder ?? entry.name[...slash] == entry.name[...slash]
            else { throw malformed("its records are not all in one folder") }
            folder = entry.name[...slash]
            let range = try recordRange(entry, before: directory.range.lowerBound)
            occupied.append(entry.offset..<range.upperBound)
            guard records.updateValue(range, forKey: Array(entry.name[(slash + 1)...])) == nil else {
                throw malformed("two of its records have one name")
            }
        }
        guard position == directory.range.upperBound else { throw malformed("its directory has another length") }
        occupied.sort { $0.lowerBound < $1.lowerBound }
        for (range, next) in zip(occupied, occupied.dropFirst()) where range.upperBound > next.lowerBound {
            throw malformed("two of its records overlap")
        }
        return records
    }

    /// What follows the record's own header, which must say the same as the directory.
    private func recordRange(_ entry: DirectoryEntry, before end: Int) throws(CheckpointError) -> Range<Int> {
        let headerByteCount = 30
        guard entry.offset <= end - headerByteCount, number(at: entry.offset, UInt32.self) == 0x0403_4B50 else {
            throw malformed("a record is not where its directory says")
        }
        let nameByteCount = Int(number(at: entry.offset + 26, UInt16.self))
        let name = entry.offset + headerByteCount
        let start = name + nameByteCount + Int(number(at: entry.offset + 28, UInt16.self))
        guard start <= end, entry.byteCount <= end - start else { throw malformed("a record lies outside the file") }
        guard number(at: entry.offset + 8, UInt16.self) == 0,
            bytes[name..<name + nameByteCount].elementsEqual(entry.name)
        else { throw malformed("a record differs from what its directory says") }
        return start..<start + entry.byteCount
    }

    /// What the central directory says of a record.
    private struct DirectoryEntry {
        let name: [UInt8]
        let byteCount: Int
        let offset: Int

        private static let fixedByteCount = 46
        private static let isEncrypted: UInt16 = 1

        /// Moves `position` behind the entry.
        init(_ archive: TorchArchive, at position: inout Int, before end: Int) throws(CheckpointError) {
            let entry = position
            guard entry <= end - Self.fixedByteCount, archive.number(at: entry, UInt32.self) == 0x0201_4B50 else {
                throw archive.malformed("its directory is cut short")
            }
            guard archive.number(at: entry + 8, UInt16.self) & Self.isEncrypted == 0,
                archive.number(at: entry + 10, UInt16.self) == 0
            else { throw archive.malformed("a record is compressed or encrypted, which PyTorch's never are") }
            let nameByteCount = Int(archive.number(at: entry + 28, UInt16.self))
            let extraByteCount = Int(archive.number(at: entry + 30, UInt16.self))
            let start = entry + Self.fixedByteCount
            let extra = start + nameByteCount
            position = extra + extraByteCount + Int(archive.number(at: entry + 32, UInt16.self))
            guard position <= end else { throw archive.malformed("its directory is cut short") }
            name = Array(archive.bytes[start..<extra])

            var large = LargeSizes(archive, extra..<extra + extraByteCount)
            let whole = large.size(archive.number(at: entry + 24, UInt32.self))
            let stored = large.size(archive.number(at: entry + 20, UInt32.self))
            guard let whole, whole == stored, let offset = large.size(archive.number(at: entry + 42, UInt32.self))
            else {
                throw archive.malformed("its directory gives a record an impossible length")
            }
            byteCount = whole
            self.offset = offset
        }
    }

    /// The sizes that do not fit 32 bits (section 4.5.3), one after the other.
    private struct LargeSizes {
        private let archive: TorchArchive
        private var position: Int
        private var end: Int

        init(_ archive: TorchArchive, _ extra: Range<Int>) {
            self.archive = archive
            position = extra.upperBound
            end = extra.upperBound
            var field = extra.lowerBound
            while field <= extra.upperBound - 4 {
                let next = field + 4 + Int(archive.number(at: field + 2, UInt16.self))
                guard next <= extra.upperBound else { return }
                if archive.number(at: field, UInt16.self) == 1 {
                    position = field + 4
                    end = next
                    return
                }
                field = next
            }
        }

        mutating func size(_ small: UInt32) -> Int? {
            guard small == .max else { return Int(small) }
            guard position <= end - 8 else { return nil }
            defer { position += 8 }
            return Int(exactly: archive.number(at: position, UInt64.self))
        }
    }

    private func number<Number: FixedWidthInteger>(at position: Int, _: Number.Type) -> Number {
        Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    private func malformed(_ reason: String) -> CheckpointError { .malformed(file: file, reason: reason) }
}
