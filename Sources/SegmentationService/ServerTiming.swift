import HTTPServer
import Segmentation

/// The `Server-Timing` header: how long each stage took, in milliseconds (W3C Server Timing).
enum ServerTiming {
    private static let name = "Server-Timing"

    /// The stages of a segmentation.
    static func field(_ timings: StageTimings) -> String {
        timings.stages.map { stage($0.name, $0.duration) }.joined(separator: ", ")
    }

    /// Puts the time that the request took to arrive before the stages, and the whole behind them.
    static func completing(_ response: HTTPResponse, for request: HTTPRequest, total: Duration) -> HTTPResponse {
        var response = response
        response.headers[name] = [
            stage("read", request.receiveDuration), response.headers[name], stage("total", total),
        ].compactMap(\.self).joined(separator: ", ")
        return response
    }

    private static func stage(_ name: String, _ duration: Duration) -> String {
        "\(name);dur=\((duration.seconds * 10_000).rounded() / 10)"
    }
}
