import Foundation
import Synchronization
import Testing

@testable import Segmentation

@Suite(.serialized, .timeLimit(.minutes(1))) struct SingleFlightTests {
    @Test("Those who want the same at the same time get it from the first, failure included", arguments: [true, false])
    func shared(succeeds: Bool) async throws {
        struct Failure: Error {}
        let flights = SingleFlight<String, Int>()
        let computations = Atomic(0)
        let answers = Mutex<[Int?]>([])
        let everybody = DispatchGroup()
        for _ in 0..<4 {
            everybody.enter()
            Thread.detachNewThread {
                defer { everybody.leave() }
                let answer = try? flights.value(for: "a") {
                    computations.add(1, ordering: .relaxed)
                    // The first lands when the other three are on board.
                    while flights.shared < 3 { sched_yield() }
                    guard succeeds else { throw Failure() }
                    return 7
                }
                answers.withLock { $0.append(answer) }
            }
        }
        await withCheckedContinuation { all in everybody.notify(queue: .global()) { all.resume() } }
        #expect(computations.load(ordering: .relaxed) == 1)
        #expect(answers.withLock { $0 } == [Int?](repeating: succeeds ? 7 : nil, count: 4))
    }

    @Test("Once landed, the next flight computes anew; other keys do so in any case")
    func apart() throws {
        let flights = SingleFlight<String, Int>()
        #expect(try flights.value(for: "a") { try flights.value(for: "b") { 1 } + 1 } == 2)
        #expect(try flights.value(for: "a") { 3 } == 3)
        #expect(flights.shared == 0)
    }
}
