import CMemory

/// How the C library deals with memory that is given back.
enum MemoryPolicy {
    /// Requests, pictures and answers take from kilobytes to megabytes and come on many threads. Left alone, the library learns
    /// to keep such blocks, in as many arenas as there are threads, and what the process holds creeps up for hours: a request
    /// that waits lies between the gaps that others left. Blocks of a quarter of a megabyte and more are to go back to the
    /// system at once (what is computed with comes from a pool, and does not), and smaller ones to come from few arenas.
    static func keepLittle() {
        _ = mallopt(M_ARENA_MAX, 2)
        _ = mallopt(M_MMAP_THRESHOLD, 256 << 10)
    }
}
