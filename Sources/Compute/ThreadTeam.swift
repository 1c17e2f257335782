import CKernels
import Dispatch
import Glibc
import Synchronization

/// A thread that computes and its helpers from Dispatch's pool, which share one loop after the other.
///
/// Waking a sleeping thread takes as long as a small matrix product, and there are hundreds of loops in an inference. So
/// helpers, once summoned, look out for the next loop for a moment before they go back to the pool.
final class ThreadTeam: Sendable {
    private struct Job {
        let count: Int
        let body: @Sendable (_ index: Int, _ lane: Int) -> Void
    }

    /// Not of the default class: where helpers took Swift's threads, of which there are as many as cores, all that is
    /// asynchronous would wait for a loop to end.
    private static let pool = DispatchQueue.global(qos: .userInitiated)

    private let helpers: Int
    private let cores: CoreOccupancy
    /// How many helpers are here or on their way.
    private let present = Atomic(0)
    /// The job of the open loop; it stays until all who joined have left.
    private let job = Mutex<Job?>(nil)
    /// The next index that nobody has taken yet.
    private let next = Atomic(0)
    /// The number of loops so far, whether the last may still be joined, and how many helpers have joined and not left.
    private let state = Atomic<UInt64>(0)

    private static let loop: UInt64 = 1 << 32
    private static let open: UInt64 = 1 << 31
    private static let joined: UInt64 = open - 1

    /// How long helpers look out for a loop: longer than the steps between two, shorter than anybody else would notice.
    private static let patience = Duration.microseconds(200)

    init(helpers: Int, cores: CoreOccupancy) {
        self.helpers = helpers
        self.cores = cores
    }

    /// Calls `body` with each of `0..<count`; a thread takes the next one as it gets free. One loop at a time.
    ///
    /// Each thread has a lane from 0 to the number of helpers, which no other has while there are indices to be taken.
    func run(_ count: Int, _ body: @Sendable (_ index: Int, _ lane: Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            next.store(0, ordering: .relaxed)
            job.withLock { $0 = Job(count: count, body: body) }
            let number = state.load(ordering: .relaxed) & ~(Self.loop - 1)
            state.store((number &+ Self.loop) | Self.open, ordering: .releasing)
            summonHelpers()
            takePart(count, lane: 0, body)
            state.bitwiseAnd(~Self.open, ordering: .acquiringAndReleasing)
            waitForHelpers()
            job.withLock { $0 = nil }
        }
    }

    private func takePart(_ count: Int, lane: Int, _ body: (Int, Int) -> Void) {
        while true {
            let index = next.add(1, ordering: .relaxed).oldValue
            guard index < count else { return }
            body(index, lane)
        }
    }

    private func summonHelpers() {
        while present.load(ordering: .relaxed) < helpers, cores.enterIfFree() {
            present.add(1, ordering: .relaxed)
            Self.pool.async { self.help() }
        }
    }

    private func waitForHelpers() {
        var rounds = 0
        while state.load(ordering: .acquiring) & Self.joined != 0 {
            clipseg_relax()
            rounds += 1
            // Where there are more threads than cores, a helper may be waiting for this one's.
            if rounds > 1000 { sched_yield() }
        }
    }

    private func help() {
        var last: UInt64 = 0
        while !cores.isOvercrowded, let (number, lane) = join(after: last) {
            if let job = job.withLock({ $0 }) { takePart(job.count, lane: lane, job.body) }
            state.subtract(1, ordering: .releasing)
            last = number
        }
        cores.leave()
        present.subtract(1, ordering: .relaxed)
    }

    /// Joins the first loop that opens which is not number `last`. Nil if none does for a while.
    ///
    /// The lane is the number of those who have joined. When one of them leaves there are no indices left, so that whoever
    /// joins then, and gets the lane of another, does nothing in it.
    private func join(after last: UInt64) -> (number: UInt64, lane: Int)? {
        let deadline = ContinuousClock.now + Self.patience
        repeat {
            for _ in 0..<64 {
                let seen = state.load(ordering: .acquiring)
                let number = seen & ~(Self.loop - 1)
                if seen & Self.open != 0, number != last {
                    let exchange = state.compareExchange(
                        expected: seen, desired: seen + 1, ordering: .acquiringAndReleasing)
                    if exchange.exchanged { return (number, Int(seen & Self.joined) + 1) }
                }
                clipseg_relax()
            }
        } while ContinuousClock.now < deadline
        return nil
    }
}

/// The teams of a backend: as many as there are threads that compute with it at a time.
final class ThreadTeams: Sendable {
    private let helpers: Int
    private let cores: CoreOccupancy
    private let idle = Mutex<[ThreadTeam]>([])

    init(helpers: Int, cores: CoreOccupancy) {
        self.helpers = helpers
        self.cores = cores
    }

    /// Calls `body` with a team that nobody else uses meanwhile, the one used last if there is a choice.
    func withTeam(_ body: (ThreadTeam) -> Void) {
        let team = idle.withLock { $0.popLast() } ?? ThreadTeam(helpers: helpers, cores: cores)
        body(team)
        idle.withLock { $0.append(team) }
    }
}
