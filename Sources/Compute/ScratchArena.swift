import Synchronization

/// The memory that one worker computes in: what the computation before has used is there for the next one, so that a steady
/// stream of requests asks the system for none.
final class ScratchArena: Sendable {
    private struct Free {
        var blocks: [MemoryBlock] = []
        var byteCount = 0
    }

    /// That of the computation on this thread.
    @TaskLocal static var current: ScratchArena?

    /// What is kept at most: several times what an image takes in the published models' geometry.
    private let capacity: Int
    /// Locked because an answer may be let go of by any thread.
    private let free = Mutex(Free())

    init(capacity: Int = 40 << 20) {
        self.capacity = capacity
    }

    deinit {
        free.withLock { free in
            for block in free.blocks { block.deallocate() }
        }
    }

    /// The smallest free block that fits and is not more than twice too large, or a new one.
    func take(_ byteCount: Int) -> MemoryBlock {
        let needed = MemoryBlock.size(for: byteCount)
        let found = free.withLock { free -> MemoryBlock? in
            var best: Int?
            for (index, block) in free.blocks.enumerated() where (needed...2 * needed).contains(block.byteCount) {
                if let known = best, free.blocks[known].byteCount <= block.byteCount { continue }
                best = index
            }
            guard let best else { return nil }
            free.byteCount -= free.blocks[best].byteCount
            return free.blocks.remove(at: best)
        }
        return found ?? MemoryBlock(byteCount: byteCount)
    }

    /// Keeps the block. What was given back longest ago goes to the system where there is too much.
    func giveBack(_ block: MemoryBlock) {
        let surplus = free.withLock { free -> ArraySlice<MemoryBlock> in
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
        for block in surplus { block.deallocate() }
    }
}

/// The arenas of a backend: as many as there are workers that compute with it at a time.
public final class ScratchArenas: Sendable {
    private let idle = Mutex<[ScratchArena]>([])

    /// None yet; the first computation of each worker makes its own.
    public init() {}

    /// Computes in an arena that nobody else computes in meanwhile, the one used last if there is a choice. Within `body`
    /// this does nothing further.
    public func computing<Result>(_ body: () throws -> Result) rethrows -> Result {
        guard ScratchArena.current == nil else { return try body() }
        let arena = idle.withLock { $0.popLast() } ?? ScratchArena()
        defer { idle.withLock { $0.append(arena) } }
        return try ScratchArena.$current.withValue(arena, operation: body)
    }
}
