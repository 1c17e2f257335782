import Dispatch
import Synchronization

/// Lets those who want the same at the same time compute it once.
final class SingleFlight<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private final class Flight: Sendable {
        let landed = DispatchGroup()
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    private let flights = Mutex<[Key: Flight]>([:])
    private let sharedCount = Atomic(0)

    /// How often a value was had without computing it.
    var shared: Int { sharedCount.load(ordering: .relaxed) }

    /// What `work` returns or throws, for the caller or for who came first; then the caller's thread waits.
    ///
    /// Nobody can give up half way, so whoever waits gets what was computed.
    func value(for key: Key, _ work: () throws -> Value) throws -> Value {
        let (flight, isFirst) = flights.withLock { flights in
            if let flight = flights[key] { return (flight, false) }
            let flight = Flight()
            flight.landed.enter()
            flights[key] = flight
            return (flight, true)
        }
        guard isFirst else {
            sharedCount.add(1, ordering: .relaxed)
            flight.landed.wait()
            guard let result = flight.result.withLock({ $0 }) else { throw CancellationError() }
            return try result.get()
        }
        let result = Result(catching: work)
        flight.result.withLock { $0 = result }
        flights.withLock { $0[key] = nil }
        flight.landed.leave()
        return try result.get()
    }
}
