import Foundation
import HTTPServer
import Testing

@testable import Segmentation
@testable import SegmentationService

/// openapi.yaml describes the routes that there are, and what each can answer.
@Suite struct DocumentedRoutesTests {
    typealias Table = [String: [HTTPMethod: Set<HTTPStatus>]]

    /// What a description lists: two spaces before a path, four before a method, eight before a status.
    private static func table(in document: String) -> Table {
        var table: Table = [:]
        var path = ""
        var method = HTTPMethod.trace
        for line in document.split(separator: "\n").drop(while: { $0 != "paths:" }).dropFirst() {
            guard line.hasPrefix(" ") || line.hasPrefix("#") else { break }
            if line.hasPrefix("  /"), line.hasSuffix(":") {
                path = String(line.dropFirst(2).dropLast())
            } else if line.hasPrefix("    "),
                let found = HTTPMethod(rawValue: line.dropFirst(4).dropLast().uppercased())
            {
                method = found
                table[path, default: [:]][method] = []
            } else if line.hasPrefix("        '"), let code = Int(line.dropFirst(9).dropLast(2)) {
                table[path]?[method]?.insert(HTTPStatus(code: code, reason: ""))
            }
        }
        return table
    }

    private static let document = String(decoding: OpenAPIDocument.bytes, as: UTF8.self)
    private static let documented = table(in: document)
    /// Pages load files that nobody else asks for.
    private static let files = WebPageRoutes.paths.subtracting(documented.keys)

    private static func service(hasPlayground: Bool = true, separatesAdmin: Bool = false) -> SegmentationService {
        SegmentationService(
            requestTimeout: .seconds(1), logger: ServiceFixture.logger, hasPlayground: hasPlayground,
            separatesAdmin: separatesAdmin)
    }

    private static var served: Table { service().statusesByRoute.filter { !files.contains($0.key) } }

    @Test("openapi.yaml describes the routes that there are, and no others")
    func describesRoutes() {
        #expect(Self.documented.mapValues { Set($0.keys) } == Self.served.mapValues { Set($0.keys) })
        #expect(Self.documented["/v1/segment"]?.keys.first == .post)
    }

    @Test("It lists the statuses that each route can answer, and no others", arguments: documented.keys.sorted())
    func listsStatuses(path: String) throws {
        let services = [Self.service(), Self.service(hasPlayground: false), Self.service(separatesAdmin: true)]
        let isSometimesAbsent = services.contains { $0.statusesByRoute[path] == nil }
        for (method, listed) in try #require(Self.documented[path]) {
            var expected = try #require(Self.served[path]?[method])
            if isSometimesAbsent { expected.insert(.notFound) }
            // Where there is a body, much can be wrong before a route sees the request.
            if method == .post { expected.formUnion(HTTPProblem.statusesBeforeHandlers) }
            #expect(Set(listed.map(\.code)) == Set(expected.map(\.code)), "\(method.rawValue) \(path)")
        }
    }

    @Test("It says with which statuses any request may be refused")
    func refusalsOfAny() {
        let codes = HTTPProblem.statusesBeforeHandlers.map(\.code).sorted().map { "\($0)" }
        let list = codes.dropLast().joined(separator: ", ") + " and " + codes.suffix(1).joined()
        let text = Self.document.split(separator: "\n").map { $0.drop { $0 == " " } }.joined(separator: " ")
        #expect(text.contains("may also be refused before its route sees it: \(list),"))
    }

    struct Provocation: Sendable, CustomTestStringConvertible {
        let path: String
        let status: HTTPStatus
        var testDescription: String { "\(path): \(status)" }
    }

    static let provocations = ModelRoutingTests.paths.flatMap { path in
        (served[path]?[.post] ?? []).map { Provocation(path: path, status: $0) }
    }

    @Test("What a route that asks the model says it can answer, it can be made to answer", arguments: provocations)
    func provoked(_ provocation: Provocation) async throws {
        let response = try await Self.response(provocation.path, provoking: provocation.status)
        #expect(response.status == provocation.status, "\(response.text.prefix(300))")
    }

    private static func response(_ path: String, provoking status: HTTPStatus) async throws -> HTTPResponse {
        let service = try ServiceFixture.ready()
        var request = try ModelRoutingTests.request(path)
        switch status {
        case .badRequest: request.body = Array("{".utf8)
        case .unauthorized:
            var rules = AccessRules()
            rules.keys = try APIKeyStore { Array("alice:0123456789abcdef".utf8) }
            let closed = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
            return await closed.answer(request)
        case .notAcceptable: request.headers["Accept"] = "text/html"
        case .contentTooLarge: request.body = Array(String(repeating: "[", count: 99).utf8)
        case .unsupportedMediaType: request.headers["Content-Type"] = "text/html"
        case .unprocessableContent:
            let word = String(repeating: "word ", count: path == "/v1/tokenize" ? 10_000 : 99)
            request = try ModelRoutingTests.request(path, prompts: [word, word])
        case .tooManyRequests:
            let pool = ModelPool(try #require(ServiceFixture.pool).model, workers: 1, maxQueue: 0)
            let full = SegmentationService(requestTimeout: .seconds(3600), logger: ServiceFixture.logger)
            full.becomeReady(pool)
            return try await pool.answering(by: nil) { [request] _, _ in await full.answer(request) }
        case .internalServerError:
            // What nobody has thought of, in the place of the route.
            var router = Router()
            routing.add(path, to: &router) { _ in
            } answer: { _, _, _, _ in
                throw CocoaError(.featureUnsupported)
            }
            guard case .later(let work) = router.reply(to: request) else { throw CocoaError(.featureUnsupported) }
            return await work()
        case .serviceUnavailable: return await Self.service().answer(request)
        default: break
        }
        return await service.answer(request)
    }

    private static var routing: ModelRouting {
        let phase = ServicePhase()
        if let pool = ServiceFixture.pool { phase.becomeReady(pool) }
        return ModelRouting(
            phase: phase, metrics: ServiceMetrics(), requestTimeout: .seconds(60), limits: RequestFields.Limits(),
            logsPrompts: false, logger: ServiceFixture.logger)
    }

    @Test("What another route says it can answer, it can be made to answer", arguments: documented.keys.sorted())
    func provokedElsewhere(path: String) async throws {
        guard let statuses = Self.served[path]?[.get] else { return }
        var answered: Set<HTTPStatus> = [
            try await ServiceFixture.ready().get(path).status, try await Self.service().get(path).status,
        ]
        var rules = AccessRules()
        rules.keys = try APIKeyStore { Array("alice:0123456789abcdef".utf8) }
        rules.protectsHealth = true
        let closed = SegmentationService(requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
        answered.insert(try await closed.get(path).status)
        #expect(answered == statuses)
    }
}
