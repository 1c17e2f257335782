/// Why a request was not answered though nothing is wrong with it.
public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
    /// There are as many requests as there may be; by then it should be better.
    case queueFull(retryAfterSeconds: Int)
    /// The deadline passed before there was an answer.
    case deadlinePassed

    /// What is wrong, and what to do about it.
    public var description: String {
        switch self {
        case .queueFull(let seconds): "The queue is full. Try again in \(seconds) s."
        case .deadlinePassed: "There was no answer within the request's time limit. Try again later."
        }
    }
}
