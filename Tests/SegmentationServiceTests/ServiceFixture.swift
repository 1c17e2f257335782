import Foundation
import HTTPServer
import Logging
import Segmentation
import SegmentationService

/// The service with the demo model, asked in process.
enum ServiceFixture {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    static let scenes = root.appendingPathComponent("Tests/Scenes")

    static let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })

    /// With room for all tests at once.
    static let pool: ModelPool? = try? ModelPool(
        LoadedModel(.demo, precision: .fp32, threads: 2, logger: logger), maxQueue: 4096)

    static func ready(
        formLimits: MultipartLimits = SegmentationService.defaultFormLimits
    ) throws -> SegmentationService {
        let service = SegmentationService(requestTimeout: .seconds(3600), logger: logger, formLimits: formLimits)
        guard let pool else { throw CocoaError(.fileNoSuchFile) }
        service.becomeReady(pool)
        return service
    }

    static func scene(_ name: String = "scene-2023.jpg") throws -> [UInt8] {
        Array(try Data(contentsOf: scenes.appendingPathComponent(name)))
    }

    /// A scene of 768×768 pixels, large enough to be decoded at half its size.
    static func largeScene() throws -> [UInt8] {
        Array(try Data(contentsOf: root.appendingPathComponent("Documentation/scenes/scene-7012.jpg")))
    }
}

extension SegmentationService {
    func answer(_ request: HTTPRequest) async -> HTTPResponse {
        switch reply(to: request) {
        case .now(let response): response
        case .later(let work): await work()
        }
    }

    /// Answers a request as a server does, which then tells what became of it.
    ///
    /// - Parameter problem: What it sends in place of the answer.
    func serve(_ request: HTTPRequest, refusing problem: HTTPProblem? = nil) async -> HTTPResponse {
        let early = refusal(of: request)
        let response = if let early { early } else { await answer(request) }
        let sent = problem?.response ?? response
        record(
            HTTPAnswer(
                id: request.id, peer: SocketAddress(host: "192.0.2.1", port: 5), method: request.method,
                path: request.path, requestHeaders: request.headers, status: sent.status, refusal: problem,
                isComplete: true, bytesReceived: 1, bytesSent: 1, duration: .seconds(3),
                handlingDuration: .seconds(1), metadata: sent.logMetadata, attachment: sent.attachment))
        return sent
    }

    func get(_ target: String) async throws -> HTTPResponse {
        await answer(try HTTPRequest(method: .get, target: target))
    }

    func post(
        _ body: [UInt8], _ contentType: String, target: String = "/v1/segment", headers: HTTPHeaders = [:]
    ) async throws -> HTTPResponse {
        var headers = headers
        headers["Content-Type"] = contentType
        return await answer(try HTTPRequest(method: .post, target: target, headers: headers, body: body))
    }

    func post(_ form: Form, target: String = "/v1/segment", headers: HTTPHeaders = [:]) async throws -> HTTPResponse {
        try await post(form.body, form.contentType, target: target, headers: headers)
    }
}

/// A multipart form.
struct Form {
    private let boundary = "boundary-of-the-test"
    private var parts: [UInt8] = []

    var contentType: String { "multipart/form-data; boundary=\(boundary)" }
    var body: [UInt8] { parts + Array("--\(boundary)--\r\n".utf8) }

    func with(_ name: String, _ value: String) -> Form { with(name, Array(value.utf8), disposition: "") }

    func with(file bytes: [UInt8], _ name: String = "image", filename: String = "image.png") -> Form {
        with(name, bytes, disposition: "; filename=\"\(filename)\"")
    }

    private func with(_ name: String, _ bytes: [UInt8], disposition: String) -> Form {
        var form = self
        form.parts += Array(
            "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(name)\"\(disposition)\r\n\r\n".utf8)
        form.parts += bytes + Array("\r\n".utf8)
        return form
    }
}

extension HTTPResponse {
    struct Problem: Decodable {
        let status: Int
        let code: String
        let detail: String
        let instance: String?
        let parameter: String?
    }

    func problem() throws -> Problem { try JSONDecoder().decode(Problem.self, from: Data(body)) }
    var text: String { String(decoding: body, as: UTF8.self) }
}
