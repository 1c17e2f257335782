/// Why a service does not count as ready.
public enum HealthCheckError: Error, Sendable, Equatable, CustomStringConvertible {
    /// It answered, but not with 200.
    case notReady(url: String, status: Int)
    /// No answer came.
    case noAnswer(url: String, reason: String)

    public var description: String {
        switch self {
        case .notReady(let url, 401):
            "\(url) was answered with 401: health is protected by a key; give the service an --admin-port"
        case .notReady(let url, let status): "\(url) was answered with \(status): the service is not ready"
        case .noAnswer(let url, let reason): "\(url) gives no answer: \(reason)"
        }
    }
}
