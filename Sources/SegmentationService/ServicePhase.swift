import HTTPServer
import Segmentation
import Synchronization

/// Where in its life the service is.
final class ServicePhase: Sendable {
    private enum Phase {
        case loading
        case ready
        case unreachable
        case draining
    }

    private struct State {
        var phase = Phase.loading
        var pool: ModelPool?
        /// Weak, as the service is what it serves.
        weak var server: HTTPServer?

        /// The phase as clients see it.
        var visiblePhase: Phase { phase == .ready && server?.hasLostListener == true ? .unreachable : phase }
    }

    private let state = Mutex(State())

    /// Whether new requests are welcome, and can come.
    var isReady: Bool { state.withLock { $0.visiblePhase == .ready } }

    /// The model's pool, from when the service is ready to the end of the process.
    var pool: ModelPool? { state.withLock { $0.pool } }

    /// - Returns: false if the service is going away, and needs no model any more.
    @discardableResult
    func becomeReady(_ pool: ModelPool) -> Bool {
        state.withLock { state in
            guard state.phase == .loading else { return false }
            state.phase = .ready
            state.pool = pool
            return true
        }
    }

    /// From now on the service is ready only as long as clients can connect to `server`.
    func watch(_ server: HTTPServer) {
        state.withLock { $0.server = server }
    }

    func beginDraining() {
        state.withLock { $0.phase = .draining }
    }

    /// What a person reads.
    var description: String {
        state.withLock { state in
            switch state.visiblePhase {
            case .loading: "loading the model"
            case .ready: "ready"
            case .unreachable: "nobody can connect to it any more until it is restarted"
            case .draining: "shutting down"
            }
        }
    }
}
