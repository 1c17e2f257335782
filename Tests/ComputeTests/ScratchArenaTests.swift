import Dispatch
import Glibc
import Synchronization
import Testing

@testable import Compute

@Suite(.timeLimit(.minutes(5))) struct ScratchArenaTests {
    private let arenas = ScratchArenas()

    @Test("The second computation gets the memory of the first")
    func reuse() {
        let first = arenas.computing { addresses(ofMatrices: 3) }
        let second = arenas.computing { addresses(ofMatrices: 3) }
        #expect(Set(first) == Set(second))
        #expect(first.count == 3)
    }

    @Test("Within a computation, memory is used again as soon as nothing refers to it")
    func lifetime() {
        arenas.computing {
            var matrix: Matrix? = Matrix(uninitializedRows: 100, columns: 100)
            let address = matrix?.buffer.base
            let kept = Matrix(uninitializedRows: 100, columns: 100)
            #expect(kept.buffer.base != address)
            matrix = nil
            #expect(Matrix(uninitializedRows: 100, columns: 100).buffer.base == address)
        }
    }

    @Test("An answer keeps its memory after its computation; let go of, it is used by the next one")
    func answers() {
        var answer: Matrix? = arenas.computing { Matrix(rows: 1, columns: 1000) { $0.update(repeating: 7) } }
        let address = answer?.buffer.base
        arenas.computing {
            let other = Matrix(rows: 1, columns: 1000) { $0.update(repeating: 8) }
            #expect(other.buffer.base != address)
        }
        #expect(answer?.values == [Float](repeating: 7, count: 1000))
        answer = nil
        let next = arenas.computing { addresses(ofMatrices: 2, columns: 1000) }
        #expect(next.contains { $0 == address })
    }

    @Test("Who computes within a computation shares its arena; who computes meanwhile has another one")
    func nesting() {
        let arenas = arenas
        arenas.computing {
            let mine = ScratchArena.current
            #expect(mine != nil)
            #expect(arenas.computing { ScratchArena.current } === mine)

            let theirs = Mutex<ScratchArena?>(nil)
            let done = DispatchSemaphore(value: 0)
            DispatchQueue.global().async {
                arenas.computing { theirs.withLock { $0 = ScratchArena.current } }
                done.signal()
            }
            done.wait()
            theirs.withLock { theirs in
                #expect(theirs != nil)
                #expect(theirs !== mine)
            }
        }
    }

    @Test("Each block is of the asked size at least, and not of more than twice it")
    func fit() {
        let arena = ScratchArena()
        let large = arena.take(10 * 4096)
        arena.giveBack(large)
        let small = arena.take(4 * 4096)
        #expect(small.base != large.base)
        let fitting = arena.take(5 * 4096)
        #expect(fitting.base == large.base)
        for block in [small, fitting] { block.deallocate() }
    }

    @Test("The threads of a loop have memory of their own")
    func lanes() {
        let loop = ParallelLoop(threads: 4, sharing: nil)
        let clashes = Atomic(0)
        for _ in 0..<200 {
            loop.forEach(64, scratch: 8) { index, scratch in
                let own = scratch.assumingMemoryBound(to: Int.self)
                for _ in 0..<10 {
                    own.pointee = index
                    sched_yield()
                    if own.pointee != index { clashes.add(1, ordering: .relaxed) }
                }
            }
        }
        #expect(clashes.load(ordering: .relaxed) == 0)
    }

    private func addresses(ofMatrices count: Int, columns: Int = 5000) -> [UnsafeMutableRawPointer] {
        let matrices = (0..<count).map { _ in Matrix(uninitializedRows: 1, columns: columns) }
        return withExtendedLifetime(matrices) { matrices.map(\.buffer.base) }
    }
}
