internal import CPNG

/// One PNG file on its way through libpng, row by row.
struct PNGWriter: ~Copyable {
    private let writer: OpaquePointer
    private let rowBytes: Int

    init(
        width: Int, height: Int, bitDepth: Int32 = 8, color: cpng_color, compression: cpng_compression, rowBytes: Int
    ) throws(PNGEncodingError) {
        let layout = cpng_layout(
            width: UInt32(width), height: UInt32(height), bit_depth: bitDepth, color: color, compression: compression)
        guard let writer = cpng_writer_create(layout) else { throw .outOfMemory }
        self.writer = writer
        self.rowBytes = rowBytes
    }

    deinit { cpng_writer_destroy(writer) }

    func write(row: UnsafeBufferPointer<UInt8>) throws(PNGEncodingError) {
        precondition(row.count == rowBytes, "libpng reads a whole row")
        guard cpng_writer_write_row(writer, row.baseAddress) == .ok else { throw .outOfMemory }
    }

    /// The file, after the last row.
    func finish() throws(PNGEncodingError) -> [UInt8] {
        var file: UnsafePointer<UInt8>?
        var length = 0
        guard cpng_writer_finish(writer, &file, &length) == .ok else { throw .outOfMemory }
        // Not Array(UnsafeBufferPointer(…)): inlined where the result goes unused, Swift 6.3 frees that before filling it.
        return [UInt8](unsafeUninitializedCapacity: length) { buffer, initializedCount in
            initializedCount = buffer.initialize(fromContentsOf: UnsafeBufferPointer(start: file, count: length))
        }
    }
}
