import Testing

@testable import Segmentation

@Suite struct AdmissionTests {
    @Test("As many are let in as may be, and one more for each that leaves", arguments: [1, 3])
    func limit(limit: Int) throws {
        let admission = Admission(limit: limit)
        for _ in 0..<limit { try admission.enter() }
        for _ in 0..<5 {
            #expect(throws: Refusal.self) { try admission.enter() }
            admission.leave()
            try admission.enter()
        }
        #expect(admission.admitted == limit)
    }

    @Test(
        "Whoever is refused is told how long those before will take, at the pace of late",
        arguments: [(0.01, 1), (0.2, 1), (0.5, 2), (2, 8), (10, 40)])
    func retryAfter(secondsPerRequest: Double, expected: Int) throws {
        let admission = Admission(limit: 4)
        var now = ContinuousClock.now
        for _ in 0..<4 { try admission.enter(at: now) }
        for _ in 0..<20 {
            now += .seconds(secondsPerRequest)
            admission.leave(at: now)
            try admission.enter(at: now)
        }
        #expect(throws: Refusal.queueFull(retryAfterSeconds: expected)) { try admission.enter(at: now) }
        #expect(admission.retryAfterSeconds == expected)
    }

    @Test("The pace of late counts, not that of long ago")
    func pace() throws {
        let admission = Admission(limit: 10)
        var now = ContinuousClock.now
        func work(_ seconds: Double, times: Int) throws {
            for _ in 0..<times {
                now += .seconds(seconds)
                admission.leave(at: now)
                try admission.enter(at: now)
            }
        }
        for _ in 0..<10 { try admission.enter(at: now) }
        try work(5, times: 10)
        #expect(admission.retryAfterSeconds == 50)
        try work(1, times: 50)
        #expect((10...12).contains(admission.retryAfterSeconds))
    }

    @Test("The time in which nobody came is not held against those who do")
    func idle() throws {
        let admission = Admission(limit: 1)
        var now = ContinuousClock.now
        for _ in 0..<20 {
            now += .seconds(3600)
            try admission.enter(at: now)
            now += .seconds(2)
            admission.leave(at: now)
        }
        try admission.enter(at: now)
        #expect(throws: Refusal.queueFull(retryAfterSeconds: 2)) { try admission.enter(at: now) }
    }

    @Test("Before anything was measured, a second is as good a guess as any")
    func guess() throws {
        let admission = Admission(limit: 2)
        #expect(admission.retryAfterSeconds == 1)
        for _ in 0..<2 { try admission.enter() }
        #expect(throws: Refusal.queueFull(retryAfterSeconds: 2)) { try admission.enter() }
    }

    @Test("A guess counts until there are answers")
    func expectation() throws {
        let admission = Admission(limit: 4)
        admission.expect(secondsPerRequest: 3)
        var now = ContinuousClock.now
        for _ in 0..<4 { try admission.enter(at: now) }
        #expect(admission.retryAfterSeconds == 12)
        for _ in 0..<40 {
            now += .seconds(0.5)
            admission.leave(at: now)
            try admission.enter(at: now)
        }
        admission.expect(secondsPerRequest: 3)
        #expect((2...3).contains(admission.retryAfterSeconds))
    }

    @Test("Who leaves without an answer says nothing about how long others take")
    func refused() throws {
        let admission = Admission(limit: 4)
        var now = ContinuousClock.now
        for _ in 0..<3 { try admission.enter(at: now) }
        for _ in 0..<20 {
            for _ in 0..<10 {
                try admission.enter(at: now)
                now += .seconds(0.25)
                admission.leave(answered: false, at: now)
            }
            admission.leave(at: now)
            try admission.enter(at: now)
        }
        #expect(admission.retryAfterSeconds == 8)
    }

    @Test("A limit of 0 lets nobody in")
    func closed() {
        #expect(throws: Refusal.queueFull(retryAfterSeconds: 1)) { try Admission(limit: 0).enter() }
    }

    @Test("A place is given back once: by the work that has taken it, else by its caller")
    func places() async throws {
        let admission = Admission(limit: 2)
        let unused = try Place(in: admission)
        unused.leaveUnlessTaken()
        unused.leaveUnlessTaken()
        #expect(admission.admitted == 0)
        let place = try Place(in: admission)
        try Place.$current.withValue(place) {
            let taken = try Place.take(in: admission)
            #expect(taken === place && admission.admitted == 1)
            // A second piece of work needs one of its own, as does work elsewhere.
            let second = try Place.take(in: admission)
            #expect(second !== place && admission.admitted == 2)
            let elsewhere = Admission(limit: 1)
            #expect(try Place.take(in: elsewhere) !== place && elsewhere.admitted == 1)
            second.leave(answered: true)
            place.leaveUnlessTaken()
            #expect(admission.admitted == 1)
            taken.leave(answered: true)
            taken.leave(answered: true)
        }
        #expect(admission.admitted == 0)
    }
}
