import HTTPServer
import Logging
import Segmentation

/// `POST /v1/segment`: an image and prompts in, a PNG or NumPy file out.
struct SegmentRoute {
    let phase: ServicePhase
    let metrics: ServiceMetrics
    let requestTimeout: Duration
    let formLimits: MultipartLimits
    let logsPrompts: Bool
    let logger: Logger

    static let path = "/v1/segment"

    func add(to router: inout Router) {
        router.on(.post, Self.path) { request in
            guard let pool = phase.pool else {
                return .now(HTTPProblem.notReady(phase, request).response)
            }
            return .later { await answer(request, pool) }
        }
    }

    private func answer(_ request: HTTPRequest, _ pool: ModelPool) async -> HTTPResponse {
        do {
            var segmentation = try SegmentForm(request, limits: formLimits).segmentationRequest()
            segmentation.deadline = try request.receivedAt + min(requestTimeout, RequestTimeout.asked(by: request))
            try Self.requireAcceptable(segmentation.output, request)
            let result = try await pool.segment(segmentation)
            metrics.segmented(result, receiveDuration: request.receiveDuration)
            return HTTPResponse(
                status: .ok,
                headers: [
                    "Content-Type": result.contentType, "Server-Timing": ServerTiming.field(result.timings),
                ],
                body: result.bytes, logMetadata: logMetadata(segmentation, result, request))
        } catch {
            return problem(error, request, pool).response
        }
    }

    private func logMetadata(
        _ segmentation: SegmentationRequest, _ result: SegmentationResult, _ request: HTTPRequest
    ) -> Logger.Metadata {
        var metadata: Logger.Metadata = [
            "prompt_count": .stringConvertible(result.prompts),
            "stages": AccessLog.stages(result.timings, after: request.receiveDuration),
        ]
        guard logsPrompts else { return metadata }
        metadata["prompts"] = .array(
            segmentation.prompts.compactMap { prompt in
                if case .text(let text) = prompt { .string(text) } else { nil }
            })
        return metadata
    }

    private static func requireAcceptable(_ output: OutputKind, _ request: HTTPRequest) throws(HTTPProblem) {
        guard !AcceptHeader(request).allows(output.contentType) else { return }
        throw HTTPProblem(
            status: .notAcceptable, code: "not_acceptable",
            detail: "as=\(output.rawValue) is answered with \(output.contentType), which the Accept header excludes.",
            instance: request.path)
    }

    /// The answer to an error; what is ours is logged, and not told.
    private func problem(_ error: any Error, _ request: HTTPRequest, _ pool: ModelPool) -> HTTPProblem {
        switch error {
        case var problem as HTTPProblem:
            problem.instance = problem.instance ?? request.path
            return problem
        case let error as InputError:
            return HTTPProblem(
                status: error.kind.status, code: error.code, detail: error.description, instance: request.path,
                parameter: error.parameter)
        case Refusal.queueFull(let seconds):
            metrics.rejected(.queueFull)
            return HTTPProblem(
                status: .tooManyRequests, code: "queue_full",
                detail: Refusal.queueFull(retryAfterSeconds: seconds).description, instance: request.path,
                headers: ["Retry-After": "\(seconds)"])
        case is Refusal:
            metrics.rejected(.deadline)
            return HTTPProblem(
                status: .serviceUnavailable, code: "deadline_passed",
                detail: Refusal.deadlinePassed.description, instance: request.path,
                headers: ["Retry-After": "\(pool.retryAfterSeconds)"])
        case is CancellationError:
            metrics.rejected(.clientGone)
            return HTTPProblem(
                status: .serviceUnavailable, code: "cancelled", detail: "The client closed the connection.",
                instance: request.path)
        default:
            logger.error("request failed", metadata: ["id": "\(request.id)", "error": "\(error)"])
            return .internalError(instance: request.path)
        }
    }
}

extension InputError.Kind {
    var status: HTTPStatus {
        switch self {
        case .malformed: .badRequest
        case .unsupportedMediaType: .unsupportedMediaType
        case .unprocessable: .unprocessableContent
        }
    }
}

extension HTTPProblem {
    /// 500: the fault is ours, and what it is stays in the log.
    static func internalError(instance: String? = nil) -> HTTPProblem {
        HTTPProblem(
            status: .internalServerError, code: "internal",
            detail: "Something went wrong here. Report the X-Request-Id to whoever runs this service.",
            instance: instance)
    }
}
