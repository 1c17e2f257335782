/// Arrays in NumPy's `.npy` format, version 1.0, as described in `numpy.lib.format`.
public enum NumPyFile {
    /// A file that is not an array we can read.
    public struct FormatError: Error, Sendable, CustomStringConvertible {
        /// What is wrong with the file.
        public let description: String
    }

    private static let magic: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]
    private static let alignment = 64

    /// A file with `values` as little-endian float32, in C order.
    public static func encode(_ values: [Float], shape: [Int]) -> [UInt8] {
        // As Python writes a tuple: (2, 3), but (3,).
        let sizes = shape.map { "\($0)" }.joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(sizes)), }"
        let fixed = magic.count + 4
        let padding = (alignment - (fixed + header.utf8.count + 1) % alignment) % alignment
        header += String(repeating: " ", count: padding) + "\n"
        let length = UInt16(header.utf8.count)
        var bytes = magic + [1, 0, UInt8(length & 0xff), UInt8(length >> 8)] + Array(header.utf8)
        bytes.reserveCapacity(bytes.count + values.count * MemoryLayout<Float>.size)
        for value in values {
            withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) }
        }
        return bytes
    }

    /// The values and the shape of a little-endian float32 or float64 array in C order.
    ///
    /// - Throws: `FormatError` if the file is something else, or cut short.
    public static func decode(_ bytes: [UInt8]) throws(FormatError) -> (values: [Float], shape: [Int]) {
        guard bytes.starts(with: magic), bytes.count >= 12 else {
            throw FormatError(description: "it is not a .npy file")
        }
        let longLength = bytes[6] > 1
        let start = longLength ? 12 : 10
        let lengthBytes = bytes[8..<start].reversed()
        let length = lengthBytes.reduce(0) { $0 << 8 | Int($1) }
        guard length <= bytes.count - start else { throw FormatError(description: "its header is cut short") }
        let header = String(decoding: bytes[start..<start + length], as: UTF8.self).filter { $0 != " " }
        guard header.contains("'fortran_order':False") else {
            throw FormatError(description: "it is not in C order; save numpy.ascontiguousarray(array)")
        }
        let shape = try shape(in: header)
        let count = try count(of: shape, atMost: bytes.count)
        let data = bytes[(start + length)...]
        if header.contains("'descr':'<f4'") {
            return (try numbers(data, count) { Float(bitPattern: UInt32(truncatingIfNeeded: $0)) }, shape)
        }
        if header.contains("'descr':'<f8'") {
            return (try numbers(data, count, byteCount: 8) { Float(Double(bitPattern: $0)) }, shape)
        }
        throw FormatError(description: "its numbers are neither float32 nor float64; save array.astype('float32')")
    }

    private static func shape(in header: String) throws(FormatError) -> [Int] {
        guard let key = header.firstRange(of: "'shape':("), let end = header[key.upperBound...].firstIndex(of: ")")
        else { throw FormatError(description: "its header names no shape") }
        let sizes = header[key.upperBound..<end].split(separator: ",").map { Int($0) }
        let known = sizes.compactMap { $0 }
        guard known.count == sizes.count, known.allSatisfy({ $0 >= 0 }) else {
            throw FormatError(description: "its shape is not a list of sizes")
        }
        return known
    }

    private static func count(of shape: [Int], atMost limit: Int) throws(FormatError) -> Int {
        var count = 1
        for size in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= limit else { throw FormatError(description: "it is cut short") }
            count = product
        }
        return count
    }

    private static func numbers(
        _ data: ArraySlice<UInt8>, _ count: Int, byteCount: Int = 4, _ number: (UInt64) -> Float
    ) throws(FormatError) -> [Float] {
        guard data.count == count * byteCount else {
            throw FormatError(description: "it has \(data.count) bytes of numbers instead of \(count * byteCount)")
        }
        return (0..<count).map { index in
            let start = data.startIndex + index * byteCount
            return number(data[start..<start + byteCount].reversed().reduce(0) { $0 << 8 | UInt64($1) })
        }
    }
}
