import Glibc
import Synchronization
import Testing

@testable import Compute

@Suite(.timeLimit(.minutes(5))) struct CoreOccupancyTests {
    @Test("A helper finds a place only where a core is free, and should leave when there are too many threads")
    func places() {
        let cores = CoreOccupancy(cores: 2)
        cores.enter()
        #expect(cores.enterIfFree())
        #expect(!cores.enterIfFree())
        #expect(!cores.isOvercrowded)
        cores.enter()
        #expect(cores.isOvercrowded)
        cores.leave()
        #expect(!cores.isOvercrowded)
        cores.leave()
        #expect(cores.enterIfFree())
    }

    @Test("Where other computations take all cores, a loop has no helpers; when they are done, it has")
    func helpers() {
        let cores = CoreOccupancy(cores: 2)
        let loop = ParallelLoop(threads: 2, sharing: cores)
        cores.enter()
        cores.enter()
        for _ in 0..<200 { #expect(threads(of: loop).count == 1) }
        cores.leave()
        while threads(of: loop).count == 1 { sched_yield() }
    }

    /// Those that take part in a loop of a few dozen steps.
    private func threads(of loop: ParallelLoop) -> Set<pthread_t> {
        let seen = Mutex<Set<pthread_t>>([])
        loop.forEach(64) { _ in
            let thread = pthread_self()
            seen.withLock { _ = $0.insert(thread) }
        }
        return seen.withLock { $0 }
    }
}
