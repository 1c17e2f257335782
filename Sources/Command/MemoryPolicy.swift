import CMemory

/// How the C library deals with memory that is given back.
enum MemoryPolicy {
    /// Pictures and answers take megabytes and come on many threads. Left alone, the library learns to keep such blocks,
    /// in as many arenas as there are threads, and what the process holds creeps up for hours. Large blocks are to go back
    /// to the system at once, and small ones to come from few arenas.
    static func keepLittle() {
        _ = mallopt(M_ARENA_MAX, 2)
        _ = mallopt(M_MMAP_THRESHOLD, 2 << 20)
    }
}
