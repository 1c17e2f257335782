#if OneDNN
import Synchronization

/// A product of square matrices by oneDNN, large enough to run as fast as this machine can: what everything else is
/// measured against.
public struct PeakProduct: Sendable {
    /// The rows, columns and inner size.
    public let size: Int

    private let element: Element
    private let loop: ParallelLoop
    private let product: OneDNNProduct
    private let source: Buffer
    private let weights: Buffer
    private let result: Buffer

    /// Prepares a product of operands in this format, or in 32 bits where the CPU does not multiply bfloat16 natively, on
    /// `threads` threads, each of which computes as many rows.
    ///
    /// - Throws: `BackendError`.
    public init(size: Int, element: Element, threads: Int) throws(BackendError) {
        let element = element == .bfloat16 && !OneDNNBackend.hasNativeBFloat16 ? .float32 : element
        self.element = element
        loop = ParallelLoop(threads: threads, sharing: nil)
        let rows = size / threads
        self.size = size
        var noise: UInt32 = 1
        let values = Matrix(rows: size, columns: size) { values in
            for index in values.indices {
                noise = noise &* 1_664_525 &+ 1_013_904_223
                values[index] = Float(noise >> 8) / Float(1 << 24) - 0.5
            }
        }.converted(to: element)
        source = values.buffer
        product = try OneDNNProduct(
            ProductShape(rows: rows, inner: size, columns: size, operands: element, result: .float32))
        weights = try product.pack(source.base, element)
        result = Buffer(byteCount: size * size * MemoryLayout<Float>.stride)
    }

    /// Multiplications and additions of one run.
    public var operations: Double { 2 * Double(size) * Double(size) * Double(size / loop.threads * loop.threads) }

    /// Multiplies once.
    ///
    /// - Throws: `BackendError`.
    public func callAsFunction() throws(BackendError) {
        let rows = size / loop.threads
        let failure = Atomic<Int32>(0)
        loop.forEach(loop.threads) { part in
            let first = part * rows * size
            let status = product(
                source.base + first * element.byteCount, weights.base,
                into: result.base + first * MemoryLayout<Float>.stride)
            if status != 0 { failure.store(status, ordering: .relaxed) }
        }
        let status = failure.load(ordering: .relaxed)
        guard status == 0 else { throw BackendError(description: "oneDNN failed in a product: status \(status)") }
    }
}
#endif
