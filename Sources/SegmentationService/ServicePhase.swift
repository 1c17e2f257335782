import Segmentation
import Synchronization

/// Where in its life the service is.
final class ServicePhase: Sendable {
    private enum Phase {
        case loading
        case ready
        case draining
    }

    private struct State {
        var phase = Phase.loading
        var pool: ModelPool?
    }

    private let state = Mutex(State())

    /// Whether new requests are welcome.
    var isReady: Bool { state.withLock { $0.phase == .ready } }

    /// The model's pool, from when the service is ready to the end of the process.
    var pool: ModelPool? { state.withLock { $0.pool } }

    /// - Returns: false if the service is going away, and needs no model any more.
    @discardableResult
    func becomeReady(_ pool: ModelPool) -> Bool {
        state.withLock { state in
            guard state.phase == .loading else { return false }
            state = State(phase: .ready, pool: pool)
            return true
        }
    }

    func beginDraining() {
        state.withLock { $0.phase = .draining }
    }

    /// What a person reads.
    var description: String {
        state.withLock { state in
            switch state.phase {
            case .loading: "loading the model"
            case .ready: "ready"
            case .draining: "shutting down"
            }
        }
    }
}
