/// Uninitialised memory, aligned for vector loads, that goes back to where it came from when nothing refers to it any more:
/// the arena of whoever computes, or the system.
///
/// Sendable although the memory is mutable: the operation that makes a matrix or a packed layer writes it before anybody
/// else sees it, its threads each a part of their own, and a matrix that is changed is made unique first. Once shared, the
/// bytes do not change.
final class Buffer: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    private let block: MemoryBlock
    private let arena: ScratchArena?

    /// At least `byteCount` bytes.
    init(byteCount: Int) {
        arena = ScratchArena.current
        block = arena?.take(byteCount) ?? MemoryBlock(byteCount: byteCount)
        base = block.base
        self.byteCount = byteCount
    }

    deinit {
        guard let arena else { return block.deallocate() }
        arena.giveBack(block)
    }

    func floats(from element: Int = 0) -> UnsafeMutablePointer<Float> {
        base.assumingMemoryBound(to: Float.self) + element
    }

    func int8s(from element: Int = 0) -> UnsafeMutablePointer<Int8> {
        base.assumingMemoryBound(to: Int8.self) + element
    }

    func int32s(from element: Int = 0) -> UnsafeMutablePointer<Int32> {
        base.assumingMemoryBound(to: Int32.self) + element
    }

    func bfloats(from element: Int = 0) -> UnsafeMutablePointer<UInt16> {
        base.assumingMemoryBound(to: UInt16.self) + element
    }
}
