/// A row-major matrix with the semantics of a value: copies share memory until one of them is changed.
///
/// Rows are contiguous. A batch is rows after rows: `images × tokens` rows of `width` columns.
public struct Matrix: Sendable {
    /// The number of rows.
    public let rows: Int
    /// The number of columns.
    public let columns: Int
    /// The number format of the elements.
    public let element: Element

    private(set) var buffer: Buffer

    /// A matrix whose elements have yet to be written.
    init(uninitializedRows rows: Int, columns: Int, element: Element = .float32) {
        self.init(
            rows: rows, columns: columns, element: element,
            buffer: Buffer(byteCount: Self.scaleOffset(rows, columns, element) + (element == .int8 ? rows * 4 : 0)))
    }

    /// What a row of 8-bit integers must be multiplied by; they lie behind the rows.
    var scales: UnsafeMutablePointer<Float> {
        precondition(element == .int8, "only rows in 8 bits have scales")
        return (buffer.base + Self.scaleOffset(rows, columns, element)).assumingMemoryBound(to: Float.self)
    }

    /// Where a row begins.
    func address(ofRow row: Int) -> UnsafeMutableRawPointer {
        buffer.base + row * columns * element.byteCount
    }

    private static func scaleOffset(_ rows: Int, _ columns: Int, _ element: Element) -> Int {
        (rows * columns * element.byteCount + 63) / 64 * 64
    }

    private init(rows: Int, columns: Int, element: Element, buffer: Buffer) {
        self.rows = rows
        self.columns = columns
        self.element = element
        self.buffer = buffer
    }

    /// A 32-bit matrix whose elements `fill` writes, all of them, row by row.
    public init(rows: Int, columns: Int, fill: (UnsafeMutableBufferPointer<Float>) throws -> Void) rethrows {
        self.init(uninitializedRows: rows, columns: columns)
        try fill(UnsafeMutableBufferPointer(start: buffer.floats(), count: rows * columns))
    }

    /// A 32-bit matrix of `values`, row by row; there must be `rows × columns` of them.
    public init(rows: Int, columns: Int, _ values: [Float]) {
        precondition(values.count == rows * columns, "a matrix takes rows × columns values")
        self.init(rows: rows, columns: columns) { _ = $0.initialize(from: values) }
    }

    /// The elements, row by row.
    public var values: [Float] {
        let wide = converted(to: .float32)
        defer { withExtendedLifetime(wide) {} }
        return Array(UnsafeBufferPointer(start: wide.buffer.floats(), count: rows * columns))
    }

    /// Calls `body` with the elements of a 32-bit matrix, row by row.
    public func withValues<Result>(_ body: (UnsafeBufferPointer<Float>) throws -> Result) rethrows -> Result {
        precondition(element == .float32, "only a 32-bit matrix can be read in place")
        return try body(UnsafeBufferPointer(start: buffer.floats(), count: rows * columns))
    }

    /// Calls `body` with the elements of a 32-bit matrix, row by row, to change them.
    public mutating func withMutableValues<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        precondition(element == .float32, "only a 32-bit matrix can be changed in place")
        makeUnique()
        return try body(UnsafeMutableBufferPointer(start: buffer.floats(), count: rows * columns))
    }

    /// The same elements in as many rows of another width.
    public func reshaped(rows: Int, columns: Int) -> Matrix {
        precondition(rows * columns == self.rows * self.columns, "a reshaped matrix keeps its number of elements")
        precondition(element != .int8 || columns == self.columns, "rows with scales can't be split or joined")
        return Matrix(rows: rows, columns: columns, element: element, buffer: buffer)
    }

    /// The rows in `range`.
    public func rows(_ range: Range<Int>) -> Matrix {
        range == 0..<rows ? self : rows(in: [range])
    }

    /// A copy of the rows numbered `indices`, in this order.
    public func rows(at indices: [Int]) -> Matrix {
        rows(in: indices.map { $0..<$0 + 1 })
    }

    /// A copy of the rows in `ranges`, one range after the other.
    public func rows(in ranges: [Range<Int>]) -> Matrix {
        let copy = Matrix(
            uninitializedRows: ranges.reduce(0) { $0 + $1.count }, columns: columns, element: element)
        let stride = columns * element.byteCount
        var row = 0
        for range in ranges {
            precondition(range.lowerBound >= 0 && range.upperBound <= rows, "a row outside the matrix")
            (copy.buffer.base + row * stride)
                .copyMemory(from: buffer.base + range.lowerBound * stride, byteCount: range.count * stride)
            if element == .int8 { (copy.scales + row).update(from: scales + range.lowerBound, count: range.count) }
            row += range.count
        }
        return copy
    }

    /// Each row, as a matrix of its own.
    public var rowMatrices: [Matrix] { (0..<rows).map { rows($0..<$0 + 1) } }

    /// The rows of `matrices`, which agree in width and format, one after the other.
    public static func concatenating(_ matrices: [Matrix]) -> Matrix {
        guard let first = matrices.first else { return Matrix(uninitializedRows: 0, columns: 0) }
        guard matrices.count > 1 else { return first }
        let rows = matrices.reduce(0) { $0 + $1.rows }
        let whole = Matrix(uninitializedRows: rows, columns: first.columns, element: first.element)
        var end = whole.buffer.base
        var endRow = 0
        for matrix in matrices {
            precondition(matrix.columns == first.columns && matrix.element == first.element, "rows of different kinds")
            let byteCount = matrix.rows * matrix.columns * matrix.element.byteCount
            end.copyMemory(from: matrix.buffer.base, byteCount: byteCount)
            if whole.element == .int8 {
                (whole.scales + endRow).update(from: matrix.scales, count: matrix.rows)
            }
            end += byteCount
            endRow += matrix.rows
        }
        return whole
    }

    /// Makes sure that nobody else sees what is written next.
    mutating func makeUnique() {
        guard !isKnownUniquelyReferenced(&buffer) else { return }
        let copy = Buffer(byteCount: buffer.byteCount)
        copy.base.copyMemory(from: buffer.base, byteCount: buffer.byteCount)
        buffer = copy
    }
}
