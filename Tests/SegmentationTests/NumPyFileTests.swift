import Testing

@testable import Segmentation

@Suite struct NumPyFileTests {
    private static func header(_ dictionary: String, version: UInt8 = 1) -> [UInt8] {
        let length = dictionary.utf8.count
        let size = (0..<(version == 1 ? 2 : 4)).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) }
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + size + Array(dictionary.utf8)
    }

    private static func header(descr: String = "<f4", fortran: String = "False", shape: String) -> [UInt8] {
        header("{'descr': '\(descr)', 'fortran_order': \(fortran), 'shape': \(shape), }\n")
    }

    @Test(
        "What is written reads back, bit for bit", arguments: [[], [0], [1], [5], [2, 3], [4, 0, 2], [3, 2, 4, 1]])
    func roundTrip(shape: [Int]) throws {
        let special: [Float] = [0, -0.0, 1.5, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .pi]
        let values = (0..<shape.reduce(1, *)).map { special[$0 % special.count] * Float($0 / special.count + 1) }
        let (found, foundShape) = try NumPyFile.decode(NumPyFile.encode(values, shape: shape))
        #expect(found.map(\.bitPattern) == values.map(\.bitPattern))
        #expect(foundShape == shape)
    }

    /// `numpy.save` of NumPy 2.4 on zeros of these shapes.
    @Test(
        "The header is NumPy's, byte for byte",
        arguments: [([], "()"), ([3], "(3,)"), ([2, 3, 4], "(2, 3, 4)"), ([1, 352, 352], "(1, 352, 352)")])
    func header(shape: [Int], tuple: String) {
        let dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': \(tuple), }"
        let padding = [UInt8](repeating: 0x20, count: 117 - dictionary.utf8.count)
        let expected: [UInt8] =
            [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, 118, 0] + Array(dictionary.utf8) + padding + [0x0A]
        let count = shape.reduce(1, *)
        let file = NumPyFile.encode([Float](repeating: 0, count: count), shape: shape)
        #expect(Array(file.prefix(expected.count)) == expected)
        #expect(file.count == expected.count + 4 * count)
    }

    @Test("Numbers are little-endian")
    func endianness() {
        #expect(Array(NumPyFile.encode([1], shape: [1]).suffix(4)) == [0, 0, 0x80, 0x3F])
    }

    @Test("float64 is read, and headers of versions 1, 2 and 3", arguments: [1, 2, 3] as [UInt8])
    func float64(version: UInt8) throws {
        let file =
            Self.header("{'shape': (2,), 'descr':'<f8',  'fortran_order':False}", version: version)
            + [0, 0, 0, 0, 0, 0, 0xF8, 0x3F] + [0, 0, 0, 0, 0, 0, 0, 0xC0]
        let (values, shape) = try NumPyFile.decode(file)
        #expect(values == [1.5, -2])
        #expect(shape == [2])
    }

    @Test("A file cut short anywhere is refused, and one that goes on")
    func truncated() throws {
        let file = NumPyFile.encode([1, 2, 3, 4, 5, 6], shape: [2, 3])
        for count in 0..<file.count {
            #expect(throws: NumPyFile.FormatError.self, "\(count) bytes") {
                try NumPyFile.decode(Array(file[..<count]))
            }
        }
        #expect(throws: NumPyFile.FormatError.self) { try NumPyFile.decode(file + [0]) }
    }

    @Test("Arrays in column order are refused, saying how to save them instead")
    func fortranOrder() throws {
        let file = Self.header(fortran: "True", shape: "(1,)") + [0, 0, 0, 0]
        let error = try #require(throws: NumPyFile.FormatError.self) { try NumPyFile.decode(file) }
        #expect(error.description.contains("ascontiguousarray"))
    }

    @Test(
        "Other numbers are refused, saying how to save them instead",
        arguments: ["<f2", ">f4", ">f8", "<i4", "<i8", "|u1", "|b1", "<c8", "|O", "<U1", "", "f4"])
    func format(descr: String) throws {
        let file = Self.header(descr: descr, shape: "(1,)") + [0, 0, 0, 0]
        let error = try #require(throws: NumPyFile.FormatError.self) { try NumPyFile.decode(file) }
        #expect(error.description.contains("astype('float32')"))
    }

    @Test(
        "A shape that lies is refused",
        arguments: [
            "(2,)", "(0,)", "(1, 2)", "(-1,)", "(-1, -1)", "(9223372036854775807,)", "(4294967296, 4294967296)",
            "(9223372036854775807, 9223372036854775807)", "(4611686018427387905,)", "(18446744073709551617,)",
            "(1.0,)", "(a,)", "(1", "1", "[1]", "None", "",
        ])
    func shape(shape: String) throws {
        #expect(try NumPyFile.decode(Self.header(shape: "(1,)") + [0, 0, 0, 0]).values == [0])
        #expect(throws: NumPyFile.FormatError.self) {
            try NumPyFile.decode(Self.header(shape: shape) + [0, 0, 0, 0])
        }
    }

    @Test("What is no .npy file is refused", arguments: ["", "[0.1, 0.2]", "PK\u{3}\u{4} an .npz file, for instance"])
    func otherFile(text: String) {
        #expect(throws: NumPyFile.FormatError.self) { try NumPyFile.decode(Array(text.utf8)) }
    }

    @Test("A header that lies about its length, or says nothing, is refused")
    func malformedHeader() {
        let start: [UInt8] = [0x93] + Array("NUMPY".utf8)
        for header: [UInt8] in [
            [1, 0, 0xFF, 0xFF], [1, 0, 0, 0], [2, 0, 0xFF, 0xFF, 0xFF, 0xFF], [3, 0, 0, 0, 0, 0x80],
        ] {
            #expect(throws: NumPyFile.FormatError.self) {
                try NumPyFile.decode(start + header + [UInt8](repeating: 0x20, count: 64))
            }
        }
        #expect(throws: NumPyFile.FormatError.self) { try NumPyFile.decode(Self.header("{}")) }
        #expect(throws: NumPyFile.FormatError.self) { try NumPyFile.decode(Self.header("\u{FFFD}\u{0}")) }
    }
}
