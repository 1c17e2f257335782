internal import HTTPServer
internal import Logging
internal import Segmentation

/// One line for each request: who asked for what, what came of it and how long it took. Never what was asked *about*: no
/// query, no prompt, no byte of an image.
struct AccessLog: Sendable {
    let logger: Logger
    let scope: AccessLogScope
    var proxies: TrustedProxies?

    func write(_ answer: HTTPAnswer, traceID: String?) {
        switch scope {
        case .all: break
        case .errors: if answer.isComplete, let status = answer.status, status.code < 400 { return }
        case .none: return
        }
        logger.info("request", metadata: metadata(answer, traceID: traceID))
    }

    func metadata(_ answer: HTTPAnswer, traceID: String?) -> Logger.Metadata {
        var metadata = answer.metadata
        if case .dictionary(var stages) = metadata["stages"] {
            stages["write"] = Self.milliseconds(answer.sendDuration)
            metadata["stages"] = .dictionary(stages)
        }
        metadata["id"] = "\(answer.id)"
        metadata["peer"] = "\(answer.peer)"
        metadata["client"] = proxies?.client(behind: answer.peer, headers: answer.requestHeaders).map { .string($0) }
        metadata["method"] = answer.method.map { .string($0.rawValue) }
        metadata["path"] = answer.path.map { .string(Self.clipped($0)) }
        metadata["status"] = answer.status.map { .stringConvertible($0.code) }
        metadata["bytes_in"] = .stringConvertible(answer.bytesReceived)
        metadata["bytes_out"] = .stringConvertible(answer.bytesSent)
        metadata["duration_ms"] = Self.milliseconds(answer.duration)
        metadata["trace_id"] = traceID.map { .string($0) }
        if !answer.isComplete { metadata["cut"] = .stringConvertible(true) }
        return metadata
    }

    /// The stages of a segmentation, for a response's `logMetadata`; sending it, which comes last, is added to them.
    static func stages(_ timings: StageTimings, after receiveDuration: Duration) -> Logger.MetadataValue {
        var stages: Logger.Metadata = ["read": milliseconds(receiveDuration)]
        for stage in timings.stages { stages[stage.name] = milliseconds(stage.duration) }
        return .dictionary(stages)
    }

    private static func milliseconds(_ duration: Duration) -> Logger.MetadataValue {
        .stringConvertible((duration.seconds * 1_000_000).rounded() / 1000)
    }

    /// A path of ours is short; a stranger's need not fill the disk.
    private static func clipped(_ path: String) -> String {
        path.utf8.count <= maxPathBytes ? path : String(decoding: path.utf8.prefix(maxPathBytes), as: UTF8.self) + "…"
    }

    private static let maxPathBytes = 256
}
