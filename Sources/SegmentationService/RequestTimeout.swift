import HTTPServer
import Segmentation

/// `X-Request-Timeout`: the seconds after which a caller has no more use for an answer.
enum RequestTimeout {
    private static let header = "X-Request-Timeout"
    /// More is the same as not to ask; it keeps the arithmetic of moments from overflowing.
    private static let longest = 86_400.0

    /// When an answer is of no more use. The service counts from a request's last byte, as it has no part in how long sending
    /// took; its caller from the first.
    ///
    /// - Throws: `HTTPProblem` if the header is no positive number, or there twice.
    static func deadline(of request: HTTPRequest, atMost requestTimeout: Duration) throws(HTTPProblem)
        -> ContinuousClock.Instant
    {
        let received = request.receivedAt
        return min(received + requestTimeout, try received - request.receiveDuration + asked(by: request))
    }

    /// - Returns: more than any service waits if the caller did not ask.
    private static func asked(by request: HTTPRequest) throws(HTTPProblem) -> Duration {
        let values = request.headers.values(of: header)
        guard let value = values.first else { return .seconds(longest) }
        guard values.count == 1, let seconds = Double(decimal: value), seconds > 0 else {
            throw HTTPProblem(
                status: .badRequest, code: "invalid_parameter",
                detail:
                    "“\(header)” is “\(values.joined(separator: ", "))”; give a number of seconds greater than 0, once.",
                parameter: header)
        }
        return .seconds(min(seconds, longest))
    }
}
