/// Splits loops over a fixed number of threads, the calling thread among them.
struct ParallelLoop: Sendable {
    let threads: Int
    private let teams: ThreadTeams

    /// - Parameter cores: What all loops that run at the same time share; without, each has as many cores as threads.
    init(threads: Int, sharing cores: CoreOccupancy?) {
        self.threads = threads
        teams = ThreadTeams(helpers: threads - 1, cores: cores ?? CoreOccupancy(cores: .max))
    }

    /// How many contiguous parts to split `count` things into: one a thread; none is shorter than `minimum` if there are
    /// several.
    func parts(_ count: Int, minimum: Int) -> Int {
        max(1, min(threads, count / max(1, minimum)))
    }

    /// Part number `part` of as many of `0..<count`.
    static func part(_ part: Int, of parts: Int, _ count: Int) -> Range<Int> {
        count * part / parts..<count * (part + 1) / parts
    }

    /// Calls `body` with each of the `parts`.
    func split(_ count: Int, minimum: Int, _ body: @Sendable (Range<Int>) -> Void) {
        let parts = parts(count, minimum: minimum)
        forEach(parts) { body(Self.part($0, of: parts, count)) }
    }

    /// Calls `body` with each of the `parts` and with `scratch` bytes of memory that no other thread uses meanwhile.
    func split(
        _ count: Int, minimum: Int, scratch: Int, _ body: @Sendable (Range<Int>, UnsafeMutableRawPointer) -> Void
    ) {
        let parts = parts(count, minimum: minimum)
        forEach(parts, scratch: scratch) { body(Self.part($0, of: parts, count), $1) }
    }

    /// Calls `body` with each of `0..<count`; a thread takes the next one as it gets free.
    func forEach(_ count: Int, _ body: @Sendable (Int) -> Void) {
        guard threads > 1, count > 1 else { return (0..<count).forEach(body) }
        teams.withTeam { $0.run(count) { index, _ in body(index) } }
    }

    /// Calls `body` with each of `0..<count` and with `scratch` bytes of memory that no other thread uses meanwhile.
    func forEach(_ count: Int, scratch: Int, _ body: @Sendable (Int, UnsafeMutableRawPointer) -> Void) {
        // Whole cache lines, or threads would take them from each other.
        let stride = (scratch + 63) / 64 * 64
        let memory = Buffer(byteCount: threads * stride)
        defer { withExtendedLifetime(memory) {} }
        guard threads > 1, count > 1 else { return (0..<count).forEach { body($0, memory.base) } }
        teams.withTeam { $0.run(count) { index, lane in body(index, memory.base + lane * stride) } }
    }
}
