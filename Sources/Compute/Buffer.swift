import Synchronization

/// Uninitialised memory, aligned for vector loads, that goes back to its pool when nothing refers to it any more.
///
/// Sendable although the memory is mutable: the operation that makes a matrix or a packed layer writes it before anybody
/// else sees it, its threads each a part of their own, and a matrix that is changed is made unique first. Once shared, the
/// bytes do not change.
final class Buffer: @unchecked Sendable {
    let base: UnsafeMutableRawPointer
    let byteCount: Int
    private let block: BufferPool.Block

    /// At least `byteCount` bytes.
    init(byteCount: Int) {
        block = BufferPool.shared.take(byteCount)
        base = block.base
        self.byteCount = byteCount
    }

    deinit {
        BufferPool.shared.giveBack(block)
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

/// Keeps the blocks that the last computation used for the next one, so that a steady stream of requests asks the
/// system for no memory.
final class BufferPool: Sendable {
    /// An address and its size. Sendable because it has exactly one owner at a time, the pool or a `Buffer`.
    struct Block: @unchecked Sendable {
        let base: UnsafeMutableRawPointer
        let byteCount: Int
    }

    private struct Free {
        var blocks: [Block] = []
        var byteCount = 0
    }

    static let shared = BufferPool()

    static let alignment = 64
    private static let granularity = 4096

    /// What is kept at most: several times what an image takes in the published models' geometry.
    private let capacity: Int
    private let free = Mutex(Free())

    init(capacity: Int = 40 << 20) {
        self.capacity = capacity
    }

    /// The smallest free block that fits and is not more than twice too large, or a new one.
    func take(_ byteCount: Int) -> Block {
        let needed = (max(byteCount, 1) + Self.granularity - 1) / Self.granularity * Self.granularity
        let found = free.withLock { free -> Block? in
            var best: Int?
            for (index, block) in free.blocks.enumerated() where (needed...2 * needed).contains(block.byteCount) {
                if let known = best, free.blocks[known].byteCount <= block.byteCount { continue }
                best = index
            }
            guard let best else { return nil }
            free.byteCount -= free.blocks[best].byteCount
            return free.blocks.remove(at: best)
        }
        return found
            ?? Block(base: .allocate(byteCount: needed, alignment: Self.alignment), byteCount: needed)
    }

    /// Gives all free blocks back to the system.
    func empty() {
        let blocks = free.withLock { free in
            defer { free = Free() }
            return free.blocks
        }
        for block in blocks { block.base.deallocate() }
    }

    /// Keeps the block. What was given back longest ago goes to the system where there is too much.
    func giveBack(_ block: Block) {
        let surplus = free.withLock { free -> ArraySlice<Block> in
            free.blocks.append(block)
            free.byteCount += block.byteCount
            var count = 0
            while free.byteCount > capacity {
                free.byteCount -= free.blocks[count].byteCount
                count += 1
            }
            defer { free.blocks.removeFirst(count) }
            return free.blocks.prefix(count)
        }
        for block in surplus { block.base.deallocate() }
    }
}
