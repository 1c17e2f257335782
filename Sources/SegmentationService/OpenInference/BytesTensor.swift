import HTTPServer
import Segmentation

/// An input tensor of datatype BYTES, of strings in JSON, or of binary data behind it.
struct BytesTensor {
    private enum Elements {
        case strings([String])
        case binary([ArraySlice<UInt8>])

        var count: Int {
            switch self {
            case .strings(let strings): strings.count
            case .binary(let slices): slices.count
            }
        }
    }

    private static let names = ["image", "prompts"]
    /// Elements without bytes are four each in a body: more than can be of use are not even taken apart.
    private static let maxElements = SegmentationRequest.maxPrompts

    private let name: String
    private let elements: Elements

    /// Takes the inputs, each known and there once. The binary data of those that have some follow each other in order.
    static func inputs(
        _ fields: inout JSONFields, binary: ArraySlice<UInt8>
    ) throws(HTTPProblem) -> [String: BytesTensor] {
        var rest = binary
        var tensors: [String: BytesTensor] = [:]
        for var input in try fields.objects("inputs") {
            let tensor = try BytesTensor(&input, binary: &rest)
            try input.requireNothingElse()
            guard tensors.updateValue(tensor, forKey: tensor.name) == nil else {
                throw .duplicateParameter(tensor.name)
            }
        }
        guard rest.isEmpty else {
            throw .invalidParameter("inputs", "leave \(rest.count) bytes of binary data that belong to none of them")
        }
        return tensors
    }

    private init(_ input: inout JSONFields, binary: inout ArraySlice<UInt8>) throws(HTTPProblem) {
        let path = input.path(of: "name")
        guard let name = try input.word("name") else { throw .missingParameter(path, "An input has no name.") }
        guard Self.names.contains(name) else {
            throw .invalidParameter(path, "is “\(name)”; it can be \(Self.names.joined(separator: ", "))")
        }
        self.name = name
        guard try input.word("datatype") == "BYTES" else {
            throw .invalidParameter(name, "should have the datatype BYTES")
        }
        let shape = try input.numbers("shape") ?? []
        var parameters = try input.object("parameters")
        let size = try parameters?.integer("binary_data_size")
        try parameters?.requireNothingElse()
        let data = input.value("data")
        switch (data, size) {
        case (let data?, nil): elements = .strings(try Self.strings(data, name))
        case (nil, let size?): elements = .binary(try Self.slices(taking: size, from: &binary, name))
        default: throw .invalidParameter(name, "should have either data, or binary_data_size among its parameters")
        }
        guard !shape.isEmpty, shape.allSatisfy({ $0 >= 0 }), shape.reduce(1, *) == Double(elements.count) else {
            throw .invalidParameter(name, "has \(elements.count) elements, which its shape does not say")
        }
    }

    /// Tensors may be flat, or lists within lists.
    private static func strings(_ value: JSONValue, _ name: String) throws(HTTPProblem) -> [String] {
        switch value {
        case .string(let string): return [string]
        case .array(let values):
            var strings: [String] = []
            for value in values { strings += try self.strings(value, name) }
            return strings
        default: throw .invalidParameter(name, "holds what is no string; BYTES are strings in JSON")
        }
    }

    /// Each element is its length in four bytes, the lowest first, and then itself.
    private static func slices(
        taking size: Int, from binary: inout ArraySlice<UInt8>, _ name: String
    ) throws(HTTPProblem) -> [ArraySlice<UInt8>] {
        guard size >= 0, size <= binary.count else {
            throw .invalidParameter(name, "has a binary_data_size that is not there behind the JSON")
        }
        var rest = binary.prefix(size)
        binary = binary.dropFirst(size)
        var slices: [ArraySlice<UInt8>] = []
        while !rest.isEmpty {
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            guard rest.count >= 4, length <= rest.count - 4 else {
                throw .invalidParameter(name, "has binary data that ends within an element")
            }
            guard slices.count < maxElements else {
                throw .invalidParameter(name, "has more than \(maxElements) elements; no more fit one request")
            }
            slices.append(rest.dropFirst(4).prefix(length))
            rest = rest.dropFirst(4 + length)
        }
        return slices
    }

    /// The only element, as a file.
    func file() throws(HTTPProblem) -> [UInt8] {
        switch elements {
        case .strings(let strings) where strings.count == 1: return try EncodedFile.decode(strings[0], parameter: name)
        case .binary(let slices) where slices.count == 1: return Array(slices[0])
        default: throw .invalidParameter(name, "has \(elements.count) elements; there should be one")
        }
    }

    /// The elements as texts.
    func texts(maxBytes: Int) throws(HTTPProblem) -> [String] {
        let texts: [String]
        switch elements {
        case .strings(let strings): texts = strings
        case .binary(let slices):
            texts = slices.compactMap { String(validating: $0, as: UTF8.self) }
            guard texts.count == slices.count else { throw .invalidParameter(name, "is not UTF-8 text") }
        }
        guard texts.allSatisfy({ $0.utf8.count <= maxBytes }) else {
            throw .invalidParameter(name, "holds a text of more than \(maxBytes) bytes")
        }
        return texts
    }
}
