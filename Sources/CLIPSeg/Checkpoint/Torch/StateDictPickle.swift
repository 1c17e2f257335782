/// Reads the tensors out of a pickled state dict, and executes nothing.
///
/// A pickle is a program for a machine with a stack. Of its instructions only those are known here that `torch.save`
/// writes for a dictionary of tensors, and of the names that it may call only those of `PickledGlobal`, which make no more
/// than a note of their arguments. Everything else is refused by name.
///
/// Source: CPython's `Lib/pickletools.py`, protocol 2; PyTorch's `torch/_utils.py` and `torch/serialization.py`.
struct StateDictPickle {
    private let file: String
    private var input: PickleInput
    private var stack: [PickledValue] = []
    /// Where on the stack lists of arguments begin.
    private var marks: [Int] = []
    private var memo: [Int: PickledValue] = [:]

    private static let maxStack = 1 << 16
    private static let maxMemo = 1 << 18
    private static let maxDepth = 8
    private static let maxTensors = 10_000
    private static let maxDimensions = 8

    /// The tensors by name.
    ///
    /// - Parameters:
    ///   - bytes: The pickle.
    ///   - file: What errors call the file that it is in.
    static func tensors(
        _ bytes: UnsafeRawBufferPointer, file: String
    ) throws(CheckpointError) -> [String: PickledTensor] {
        var machine = StateDictPickle(file: file, input: PickleInput(bytes, file: file))
        return try machine.run()
    }

    private init(file: String, input: PickleInput) {
        self.file = file
        self.input = input
    }

    private mutating func run() throws(CheckpointError) -> [String: PickledTensor] {
        while true {
            let code = try input.byte()
            guard let instruction = PickleInstruction(rawValue: code) else {
                throw refused("has the instruction 0x\(String(code, radix: 16)), which no state dict needs")
            }
            if instruction == .stop { break }
            try execute(instruction)
            guard stack.count + marks.count <= Self.maxStack, memo.count <= Self.maxMemo else {
                throw refused("is too large")
            }
        }
        guard case .dictionary(let dictionary) = try pop(), stack.isEmpty else {
            throw refused("is no state dict, a dictionary of tensors by their names")
        }
        return dictionary.tensors
    }

    private mutating func execute(_ instruction: PickleInstruction) throws(CheckpointError) {
        switch instruction {
        case .protocolVersion:
            let version = try input.byte()
            guard version == 2 else { throw refused("is of protocol \(version); PyTorch writes 2") }
        case .none: stack.append(.none)
        case .newTrue: stack.append(.bool(true))
        case .newFalse: stack.append(.bool(false))
        case .byteInteger: stack.append(.integer(Int(try input.byte())))
        case .shortInteger: stack.append(.integer(Int(try input.number(UInt16.self))))
        case .integer: stack.append(.integer(Int(try input.number(Int32.self))))
        case .longInteger: stack.append(.integer(try input.longInteger()))
        case .text: stack.append(.text(try input.text()))
        case .global: stack.append(.global(try global()))
        case .mark: marks.append(stack.count)
        case .emptyTuple: try pushTuple([])
        case .tuple1: try pushTuple(pop(1))
        case .tuple2: try pushTuple(pop(2))
        case .tuple3: try pushTuple(pop(3))
        case .tuple: try pushTuple(popToMark())
        case .emptyDictionary: stack.append(.dictionary(PickledDictionary()))
        case .setItem: try set(pop(2))
        case .setItems: try set(popToMark())
        case .put: try put(Int(input.byte()))
        case .longPut: try put(Int(input.number(UInt32.self)))
        case .get: try get(Int(input.byte()))
        case .longGet: try get(Int(input.number(UInt32.self)))
        case .persistentID: stack.append(.storage(try storage(pop())))
        case .reduce: try reduce()
        case .build: try build()
        case .stop: break
        }
    }

    // MARK: The stack

    private mutating func pop() throws(CheckpointError) -> PickledValue { try pop(1)[0] }

    /// The uppermost values, which must not reach below the last mark.
    private mutating func pop(_ count: Int) throws(CheckpointError) -> [PickledValue] {
        guard stack.count - (marks.last ?? 0) >= count else { throw malformed("its pickle takes more than it has") }
        let values = Array(stack.suffix(count))
        stack.removeLast(count)
        return values
    }

    private mutating func popToMark() throws(CheckpointError) -> [PickledValue] {
        guard let mark = marks.popLast() else { throw malformed("its pickle takes more than it has") }
        let values = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return values
    }

    private mutating func pushTuple(_ values: [PickledValue]) throws(CheckpointError) {
        let depth = 1 + (values.map(\.depth).max() ?? 0)
        guard depth <= Self.maxDepth else { throw refused("nests tuples deeper than \(Self.maxDepth)") }
        stack.append(.tuple(values, depth: depth))
    }

    private mutating func put(_ key: Int) throws(CheckpointError) {
        let value = try pop()
        memo[key] = value
        stack.append(value)
    }

    private mutating func get(_ key: Int) throws(CheckpointError) {
        guard let value = memo[key] else { throw malformed("its pickle recalls what it never remembered") }
        stack.append(value)
    }

    // MARK: Dictionaries

    /// Keys and values, in turn, for the dictionary below them.
    private mutating func set(_ items: [PickledValue]) throws(CheckpointError) {
        guard case .dictionary(let dictionary) = try pop(), items.count % 2 == 0 else {
            throw malformed("its pickle sets items of what is no dictionary")
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            guard case .text(let name) = items[index] else { throw refused("has a dictionary whose keys are not text") }
            guard case .tensor(let tensor) = items[index + 1] else { continue }
            guard dictionary.tensors.updateValue(tensor, forKey: name) == nil else {
                throw malformed("it has two tensors \(name)")
            }
        }
        guard dictionary.tensors.count <= Self.maxTensors else { throw refused("has too many tensors") }
        stack.append(.dictionary(dictionary))
    }

    /// Attributes of a dictionary, which PyTorch keeps versions of modules in. They are not needed.
    private mutating func build() throws(CheckpointError) {
        guard case .dictionary = try pop(), case .dictionary(let dictionary) = try pop() else {
            throw refused("sets attributes of what is no dictionary")
        }
        stack.append(.dictionary(dictionary))
    }

    // MARK: What Python would call

    private mutating func global() throws(CheckpointError) -> PickledGlobal {
        let (module, name) = (try input.line(), try input.line())
        guard let global = PickledGlobal(module: module, name: name) else {
            throw refused(
                "asks for \(module).\(name). Weights need nothing but tensors; such a file may do harm where Python "
                    + "loads it")
        }
        return global
    }

    private mutating func reduce() throws(CheckpointError) {
        guard case .tuple(let arguments, _) = try pop(), case .global(let function) = try pop() else {
            throw refused("calls what is no function")
        }
        switch (function, arguments.count) {
        case (.orderedDictionary, 0): stack.append(.dictionary(PickledDictionary()))
        case (.rebuildTensor, 6): stack.append(.tensor(try tensor(arguments)))
        case (.rebuildParameter, 3):
            guard case .tensor = arguments[0] else { throw refused("makes a parameter of what is no tensor") }
            stack.append(arguments[0])
        default: throw refused("calls something with arguments that it does not take")
        }
    }

    /// `("storage", type, key, location, count)`
    private func storage(_ identifier: PickledValue) throws(CheckpointError) -> PickledStorage {
        guard case .tuple(let parts, _) = identifier, parts.count == 5, case .text("storage") = parts[0],
            case .global(.storage(let format)) = parts[1], case .text(let key) = parts[2],
            case .integer(let count) = parts[4], count >= 0
        else { throw refused("refers to something else than a storage") }
        return PickledStorage(format: format, key: key, count: count)
    }

    /// `(storage, offset, shape, strides, requires_grad, hooks)`
    private func tensor(_ arguments: [PickledValue]) throws(CheckpointError) -> PickledTensor {
        guard case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            let shape = integers(arguments[2]), let strides = integers(arguments[3]), shape.count == strides.count
        else { throw refused("makes a tensor of what is no storage, shape and strides") }
        return PickledTensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }

    private func integers(_ value: PickledValue) -> [Int]? {
        guard case .tuple(let elements, _) = value, elements.count <= Self.maxDimensions else { return nil }
        var integers: [Int] = []
        for case .integer(let integer) in elements { integers.append(integer) }
        return integers.count == elements.count ? integers : nil
    }

    private func refused(_ reason: String) -> CheckpointError { .refused(file: file, reason: "its pickle \(reason)") }

    private func malformed(_ reason: String) -> CheckpointError { .malformed(file: file, reason: reason) }
}
