import HTTPServer
import Logging
import Segmentation

/// What all routes have in common that ask the model: they wait for it to be loaded, heed deadlines and say what went wrong.
struct ModelRouting: Sendable {
    let phase: ServicePhase
    let metrics: ServiceMetrics
    let requestTimeout: Duration
    let limits: RequestFields.Limits
    let logsPrompts: Bool
    let logger: Logger

    private static let statuses: Set<HTTPStatus> = [
        .ok, .badRequest, .notAcceptable, .contentTooLarge, .unsupportedMediaType, .unprocessableContent,
        .tooManyRequests, .internalServerError, .serviceUnavailable,
    ]

    /// Adds a route that answers POST.
    ///
    /// - Parameters:
    ///   - read: Takes a request apart.
    ///   - answer: Is given what was read, the model, and when its answer is no longer of use, which the model heeds.
    func add<Form: Sendable>(
        _ path: String, to router: inout Router, reading read: @escaping @Sendable (HTTPRequest) throws -> Form,
        answer:
            @escaping @Sendable (HTTPRequest, Form, ModelPool, ContinuousClock.Instant) async throws -> HTTPResponse
    ) {
        router.on(.post, path, answering: Self.statuses) { request in
            guard let pool = phase.pool else {
                metrics.rejected(.notReady)
                return .now(response(to: .notReady(phase, request), request))
            }
            return .later {
                do {
                    // To read a body takes time and memory as well.
                    return try await pool.admitting {
                        let deadline = try RequestTimeout.deadline(of: request, atMost: requestTimeout)
                        let form = try await pool.reading { try read(request) }
                        return try await answer(request, form, pool, deadline)
                    }
                } catch {
                    return response(to: problem(error, request, pool), request)
                }
            }
        }
    }

    /// Counts how long each stage took, adds it to the answer, and for the log how many prompts there were, and which if it
    /// may know.
    func completed(
        _ response: HTTPResponse, _ timings: StageTimings, prompts: [String], count: Int, for request: HTTPRequest
    ) -> HTTPResponse {
        var response = response
        if !timings.stages.isEmpty {
            metrics.answered(request, timings)
            response.headers["Server-Timing"] = ServerTiming.field(timings)
        }
        response.logMetadata["stages"] = AccessLog.stages(timings, after: request.receiveDuration)
        response.logMetadata["prompt_count"] = .stringConvertible(count)
        response.attachment = TracedWork(prompts: count, receiveDuration: request.receiveDuration, timings: timings)
        if logsPrompts { response.logMetadata["prompts"] = .array(prompts.map { .string($0) }) }
        return response
    }

    /// - Throws: 406 unless the client takes answers of `type`.
    func requireAcceptable(_ type: String, _ request: HTTPRequest, what: String) throws(HTTPProblem) {
        guard !AcceptHeader(request).allows(type) else { return }
        throw HTTPProblem(
            status: .notAcceptable, code: "not_acceptable",
            detail: "\(what) is answered with \(type), which the Accept header excludes.", instance: request.path)
    }

    private func response(to problem: HTTPProblem, _ request: HTTPRequest) -> HTTPResponse {
        ErrorFormat(path: request.path).response(to: problem)
    }

    /// What is wrong; what is ours is logged, and not told.
    private func problem(_ error: any Error, _ request: HTTPRequest, _ pool: ModelPool) -> HTTPProblem {
        switch error {
        case var problem as HTTPProblem:
            problem.instance = problem.instance ?? request.path
            return problem
        case let error as InputError:
            var problem = HTTPProblem(error)
            problem.instance = request.path
            return problem
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
