/// Memory of the system's, in whole pages. Sendable because it has exactly one owner at a time, an arena or a `Buffer`.
struct MemoryBlock: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int

    private static let alignment = 64
    private static let granularity = 4096

    /// At least `byteCount` bytes.
    init(byteCount: Int) {
        self.byteCount = Self.size(for: byteCount)
        base = .allocate(byteCount: self.byteCount, alignment: Self.alignment)
    }

    /// What a block of at least `byteCount` bytes takes.
    static func size(for byteCount: Int) -> Int {
        (max(byteCount, 1) + granularity - 1) / granularity * granularity
    }

    func deallocate() {
        base.deallocate()
    }
}
