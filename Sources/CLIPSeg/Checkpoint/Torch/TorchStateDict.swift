/// The tensors of a file that `torch.save` made of a state dict, `pytorch_model.bin` for instance.
///
/// Every size and offset is checked here, so that what reads a tensor need not.
public struct TorchStateDict: Sendable {
    /// The tensors by name.
    public let tensors: [String: StoredTensor]

    private static let maxPickleByteCount = 16 << 20

    /// Reads all of the file but the numbers.
    ///
    /// - Throws: `CheckpointError`.
    public init(_ file: FileBytes) throws(CheckpointError) {
        tensors = try file.withUnsafeBytes { bytes throws(CheckpointError) in try Self.tensors(bytes, of: file) }
    }

    private static func tensors(
        _ bytes: UnsafeRawBufferPointer, of file: FileBytes
    ) throws(CheckpointError) -> [String: StoredTensor] {
        try refuseOldFormat(bytes, file.name)
        let records = try TorchArchive(bytes, file: file.name).records
        try refuseOthers(records, bytes, file.name)
        guard let pickle = records[Array("data.pkl".utf8)], pickle.count <= maxPickleByteCount else {
            throw .malformed(file: file.name, reason: "it has no data.pkl of a sensible size")
        }
        let found = try StateDictPickle.tensors(UnsafeRawBufferPointer(rebasing: bytes[pickle]), file: file.name)
        guard !found.isEmpty else { throw .refused(file: file.name, reason: "its dictionary has no tensors") }
        var tensors: [String: StoredTensor] = [:]
        for (name, tensor) in found { tensors[name] = try placed(tensor, name, records, file) }
        return tensors
    }

    /// Python's pickle of the number that files before PyTorch 1.6 begin with.
    private static let oldMagic: [UInt8] = [0x80, 0x02, 0x8A, 0x0A, 0x6C, 0xFC, 0x9C, 0x46, 0xF9]

    private static func refuseOldFormat(_ bytes: UnsafeRawBufferPointer, _ file: String) throws(CheckpointError) {
        guard bytes.starts(with: oldMagic) else { return }
        throw .refused(
            file: file,
            reason: "it is in the format of PyTorch before 1.6: load it with torch.load(…, weights_only=True) and save "
                + "it again")
    }

    private static func refuseOthers(
        _ records: [[UInt8]: Range<Int>], _ bytes: UnsafeRawBufferPointer, _ file: String
    ) throws(CheckpointError) {
        guard records[Array("constants.pkl".utf8)] == nil else {
            throw .refused(
                file: file,
                reason: "it is a TorchScript program: load it with torch.jit.load and save its state_dict() with "
                    + "torch.save")
        }
        if let order = records[Array("byteorder".utf8)], !bytes[order].elementsEqual("little".utf8) {
            throw .refused(file: file, reason: "its numbers begin with the high byte")
        }
    }

    /// The tensor in its storage, which must hold all of it, and no number of it twice.
    private static func placed(
        _ tensor: PickledTensor, _ name: String, _ records: [[UInt8]: Range<Int>], _ file: FileBytes
    ) throws(CheckpointError) -> StoredTensor {
        func malformed(_ reason: String) -> CheckpointError {
            .malformed(file: file.name, reason: "the tensor \(name) \(reason)")
        }
        guard let record = records[Array("data/\(tensor.storage.key)".utf8)] else { throw malformed("is not there") }
        let (byteCount, overflow) = tensor.storage.count
            .multipliedReportingOverflow(by: tensor.storage.format.byteCount)
        guard !overflow, byteCount == record.count else {
            throw malformed("should have \(tensor.storage.count) numbers, but its record has \(record.count) bytes")
        }
        guard let (count, spanned) = extent(tensor), tensor.offset >= 0,
            spanned <= tensor.storage.count, tensor.offset <= tensor.storage.count - spanned
        else { throw malformed("of shape \(tensor.shape) lies outside its storage") }
        guard count <= spanned else { throw malformed("of shape \(tensor.shape) has numbers that stand for several") }
        return StoredTensor(
            in: file, format: tensor.storage.format.name, shape: tensor.shape, start: record.lowerBound,
            offset: tensor.offset, strides: tensor.strides)
    }

    /// How many numbers the tensor has, and how many lie between its first and its last; nil if that can't be counted.
    private static func extent(_ tensor: PickledTensor) -> (count: Int, spanned: Int)? {
        var (count, spanned) = (1, 1)
        for (size, stride) in zip(tensor.shape, tensor.strides) {
            guard size >= 0, stride >= 0 else { return nil }
            let (product, tooMany) = count.multipliedReportingOverflow(by: size)
            let (step, tooFar) = stride.multipliedReportingOverflow(by: max(size - 1, 0))
            let (sum, tooLong) = spanned.addingReportingOverflow(step)
            guard !tooMany, !tooFar, !tooLong else { return nil }
            (count, spanned) = (product, sum)
        }
        return count == 0 ? (0, 0) : (count, spanned)
    }
}
