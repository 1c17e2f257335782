#if OneDNN
import CDNNL
import Synchronization

/// Everything that a compiled matrix product depends on.
struct ProductShape: Hashable {
    enum Weights: Hashable {
        /// oneDNN's blocked layout.
        case packed
        /// `[inner, columns]`, rows this far apart.
        case plain(stride: Int)
        /// `[columns, inner]`, rows this far apart.
        case transposed(stride: Int)
    }

    var rows: Int
    var inner: Int
    var columns: Int
    var operands: Element
    /// Of 8-bit operands the result is in 32-bit integers, whatever stands here.
    var result: Element
    var sourceStride: Int?
    var resultStride: Int?
    var weights = Weights.packed
    var bias = false
    var activation = Activation.identity
    var accumulate = false
    var scale: Float = 1
}

/// A matrix product compiled by oneDNN, on one thread.
///
/// Sendable because the handle does not change after its creation, and oneDNN lets several threads execute one primitive
/// at a time if each brings its own scratchpad: an execution, which is taken from the idle ones, has one owner at a time.
final class OneDNNProduct: @unchecked Sendable {
    private let handle: OpaquePointer
    private let shape: ProductShape
    private let idle = Mutex<[Execution]>([])

    /// Used by one thread at a time, and sent from one to the other through the list of idle ones alone.
    private struct Execution: @unchecked Sendable {
        let handle: OpaquePointer
    }

    init(_ shape: ProductShape) throws(BackendError) {
        var description = clipseg_dnnl_matmul_shape()
        description.rows = Int64(shape.rows)
        description.inner = Int64(shape.inner)
        description.columns = Int64(shape.columns)
        description.source_stride = Int64(shape.sourceStride ?? shape.inner)
        description.result_stride = Int64(shape.resultStride ?? shape.columns)
        description.operands = shape.operands.dnnl
        description.result = shape.operands == .int8 ? CLIPSEG_DNNL_INT32 : shape.result.dnnl
        description.activation = shape.activation.dnnl
        description.bias = shape.bias
        description.accumulate = shape.accumulate
        description.scale = shape.scale
        switch shape.weights {
        case .packed: description.weights = CLIPSEG_DNNL_PACKED
        case .plain(let stride):
            description.weights = CLIPSEG_DNNL_PLAIN
            description.weights_stride = Int64(stride)
        case .transposed(let stride):
            description.weights = CLIPSEG_DNNL_TRANSPOSED
            description.weights_stride = Int64(stride)
        }
        var handle: OpaquePointer?
        let status = clipseg_dnnl_matmul_create(&description, &handle)
        guard status == 0, let handle else { throw BackendError(status: status, doing: "prepare", shape) }
        self.handle = handle
        self.shape = shape
    }

    deinit {
        for execution in idle.withLock({ $0 }) { clipseg_dnnl_execution_destroy(execution.handle) }
        clipseg_dnnl_matmul_destroy(handle)
    }

    /// Whether both read packed weights in the very same layout.
    func hasSamePacking(as other: OneDNNProduct) -> Bool {
        clipseg_dnnl_matmul_same_packing(handle, other.handle)
    }

    /// `weights[columns, inner]` in the layout that this product reads.
    func pack(_ weights: UnsafeRawPointer?, _ element: Element) throws(BackendError) -> Buffer {
        let packed = Buffer(byteCount: clipseg_dnnl_matmul_packed_size(handle))
        let status = clipseg_dnnl_matmul_pack(handle, weights, element.dnnl, packed.base)
        guard status == 0 else { throw BackendError(status: status, doing: "pack the weights of", shape) }
        return packed
    }

    /// Runs the product and returns oneDNN's status: 0 if all is well.
    func callAsFunction(
        _ source: UnsafeRawPointer, _ weights: UnsafeRawPointer, bias: UnsafePointer<Float>? = nil,
        into result: UnsafeMutableRawPointer
    ) -> Int32 {
        var execution = idle.withLock { $0.popLast() }?.handle
        if execution == nil {
            let status = clipseg_dnnl_execution_create(handle, &execution)
            guard status == 0 else { return status }
        }
        guard let execution else { return Self.outOfMemory }
        defer { idle.withLock { $0.append(Execution(handle: execution)) } }
        return clipseg_dnnl_execution_run(execution, source, weights, bias, result)
    }

    /// `dnnl_out_of_memory`.
    private static let outOfMemory: Int32 = 1
}

/// The products compiled so far, by shape.
final class OneDNNProducts: Sendable {
    /// Text prompts of ever new lengths bring ever new shapes; past this many, compiling starts afresh.
    private static let limit = 512

    private let compiled = Mutex<[ProductShape: OneDNNProduct]>([:])

    func product(_ shape: ProductShape) throws(BackendError) -> OneDNNProduct {
        if let known = compiled.withLock({ $0[shape] }) { return known }
        let made = try OneDNNProduct(shape)
        if shape.weights == .packed, shape.rows != Self.packingRows {
            // Weights are packed once, and must suit the product of any number of rows.
            guard made.hasSamePacking(as: try product(packing: shape)) else {
                throw BackendError(description: "oneDNN wants other packed weights for \(shape.rows) rows than before")
            }
        }
        compiled.withLock { compiled in
            if compiled.count >= Self.limit { compiled.removeAll() }
            compiled[shape] = made
        }
        return made
    }

    /// The number of rows of the product whose layout of packed weights all others must share.
    private static let packingRows = 64

    /// The product that packs weights for all products with the inner size, columns and operands of `shape`.
    func product(packing shape: ProductShape) throws(BackendError) -> OneDNNProduct {
        try product(
            ProductShape(
                rows: Self.packingRows, inner: shape.inner, columns: shape.columns, operands: shape.operands,
                result: .float32, bias: shape.bias))
    }

    /// Splits the rows of `shape` over threads and calls `body` with each part and the product for its number of rows.
    func run(
        _ shape: ProductShape, over loop: ParallelLoop, _ body: @Sendable (Range<Int>, OneDNNProduct) -> Int32
    ) throws(BackendError) {
        guard shape.rows > 0 else { return }
        let count = loop.parts(shape.rows, minimum: 16)
        let parts = try (0..<count).map { index throws(BackendError) in
            let rows = ParallelLoop.part(index, of: count, shape.rows)
            var part = shape
            part.rows = rows.count
            return (rows: rows, product: try product(part))
        }
        let failure = Atomic<Int32>(0)
        loop.forEach(parts.count) { index in
            let status = body(parts[index].rows, parts[index].product)
            if status != 0 { failure.store(status, ordering: .relaxed) }
        }
        let status = failure.load(ordering: .relaxed)
        guard status == 0 else { throw BackendError(status: status, doing: "compute", shape) }
    }
}

extension BackendError {
    init(status: Int32, doing verb: String, _ shape: ProductShape) {
        var text =
            "oneDNN could not \(verb) a \(shape.rows) × \(shape.inner) by \(shape.columns) product: status \(status)"
        if status == Self.runtimeError {
            // Seen when the system forbids pages that are both written and executed.
            text += "; it compiles its kernels at run time, so the process must be allowed to make memory executable"
        }
        self.init(description: text)
    }

    /// `dnnl_runtime_error`.
    private static let runtimeError: Int32 = 5
}

extension Element {
    fileprivate var dnnl: clipseg_dnnl_element {
        switch self {
        case .float32: CLIPSEG_DNNL_FLOAT32
        case .bfloat16: CLIPSEG_DNNL_BFLOAT16
        case .int8: CLIPSEG_DNNL_INT8
        }
    }
}

extension Activation {
    fileprivate var dnnl: clipseg_dnnl_activation {
        switch self {
        case .identity: CLIPSEG_DNNL_IDENTITY
        case .relu: CLIPSEG_DNNL_RELU
        case .gelu: CLIPSEG_DNNL_GELU_ERF
        case .quickGELU: CLIPSEG_DNNL_QUICK_GELU
        }
    }
}
#endif
