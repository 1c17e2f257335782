internal import CPNG

/// One PNG file on its way through libpng, row by row.
struct PNGWriter: ~Copyable {
    private let writer: OpaquePointer
    private let rowBytes: Int

    /// - Precondition: `width` and `height` are at least 1 and have 31 bits.
    init(width: Int, height: Int, samples: PNGSamples, compression: cpng_compression) throws(PNGEncodingError) {
        let palette = samples.palette.flatMap { [$0.red, $0.green, $0.blue] }
        let created = palette.withUnsafeBufferPointer { palette in
            cpng_writer_create(
                cpng_layout(
                    width: UInt32(width), height: UInt32(height), bit_depth: samples.bitDepth, color: samples.color,
                    compression: compression, palette: palette.baseAddress, palette_count: Int32(palette.count / 3)))
        }
        guard let created else { throw .outOfMemory }
        writer = created
        rowBytes = width * samples.bytesPerPixel
    }

    deinit { cpng_writer_destroy(writer) }

    /// Adds a text, before the first row.
    func add(_ text: PNGText) throws(PNGEncodingError) {
        let status = text.keyword.withCString { keyword in
            text.text.withCString { characters in
                cpng_writer_add_text(writer, cpng_text(keyword: keyword, text: characters, is_ascii: text.isASCII))
            }
        }
        guard status == .ok else { throw .outOfMemory }
    }

    /// Writes the next row: ``PNGSamples/bytesPerPixel`` bytes for each pixel.
    func write(row: UnsafeRawBufferPointer) throws(PNGEncodingError) {
        precondition(row.count == rowBytes, "libpng reads a whole row")
        let bytes = row.assumingMemoryBound(to: UInt8.self)
        guard cpng_writer_write_row(writer, bytes.baseAddress) == .ok else { throw .outOfMemory }
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
