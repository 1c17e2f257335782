import HTTPServer
import Logging
import Synchronization
import Testing

@testable import SegmentationService

@Suite struct AccessRulesTests {
    private static let key = "0123456789abcdef"
    private static let file = """
        # comment

        alice: 0123456789abcdef
        bob:fedcba9876543210:with:colons\r
        """

    private static func store(_ text: String = file) throws -> APIKeyStore {
        try APIKeyStore { Array(text.utf8) }
    }

    private static func service(_ change: (inout AccessRules) -> Void = { _ in }) throws -> SegmentationService {
        var rules = AccessRules()
        rules.keys = try store()
        change(&rules)
        return SegmentationService(
            requestTimeout: .seconds(1), logger: ServiceFixture.logger, access: rules)
    }

    private static func get(_ path: String, _ headers: HTTPHeaders = [:]) throws -> HTTPRequest {
        try HTTPRequest(method: .get, target: path, headers: headers)
    }

    // MARK: Keys

    @Test("A file of keys has names and keys, comments and empty lines") func parses() throws {
        let keys = try APIKeys(parsing: Array(Self.file.utf8))
        #expect(keys.name(of: Array(Self.key.utf8)) == "alice")
        #expect(keys.name(of: Array("fedcba9876543210:with:colons".utf8)) == "bob")
        for wrong in ["", "0123456789abcde", "0123456789abcdeF", Self.key + Self.key, Self.key + "\0"] {
            #expect(keys.name(of: Array(wrong.utf8)) == nil)
        }
    }

    @Test("A key has 256 characters at most, in the file and shown")
    func longKeys() throws {
        let longest = String(repeating: "k", count: 256)
        let keys = try APIKeys(parsing: Array("alice:\(longest)".utf8))
        #expect(keys.name(of: Array(longest.utf8)) == "alice")
        #expect(keys.name(of: Array((longest + "k").utf8)) == nil)
        let error = #expect(throws: APIKeyError.self) { try APIKeys(parsing: Array("alice:\(longest)k".utf8)) }
        #expect(error?.line == 1 && error?.description.contains("kkk") == false)
    }

    @Test(
        "A mistake in the file is an error that names the line and no key",
        arguments: [
            ("", nil), ("# only\n", nil), ("alice\n", 1), ("\n:0123456789abcdef", 2), ("alice:short", 1),
            ("a b:0123456789abcdef", 1), ("alice:0123456789 abcdef", 1), ("alice:0123456789abcdéf", 1),
            ("alice:0123456789abcdef\nalice:fedcba9876543210", 2), ("alice:0123456789abcdef\nbob:0123456789abcdef", 2),
        ] as [(String, Int?)])
    func mistakes(_ text: String, _ line: Int?) {
        let error = #expect(throws: APIKeyError.self) { try APIKeys(parsing: Array(text.utf8)) }
        #expect(error?.line == line)
        #expect(error?.description.contains("0123456789") == false)
    }

    @Test("Keys are read anew; with a mistake in the file those in force stay") func reload() throws {
        let text = Mutex(Self.file)
        let store = try APIKeyStore { Array(text.withLock { $0 }.utf8) }
        text.withLock { $0 = "carol:aaaaaaaaaaaaaaaa" }
        try store.reload()
        #expect(store.name(of: Array(Self.key.utf8)) == nil)
        #expect(store.name(of: Array("aaaaaaaaaaaaaaaa".utf8)) == "carol")
        text.withLock { $0 = "broken" }
        #expect(throws: APIKeyError.self) { try store.reload() }
        #expect(store.name(of: Array("aaaaaaaaaaaaaaaa".utf8)) == "carol")
    }

    // MARK: Verdicts

    @Test(
        "A key is shown as a bearer token or as X-API-Key, and its name is logged",
        arguments: [
            ["Authorization": "Bearer 0123456789abcdef"], ["authorization": "bearer  0123456789abcdef"],
            ["X-API-Key": "0123456789abcdef"], ["Authorization": "Basic eDp5", "X-API-Key": "0123456789abcdef"],
        ] as [HTTPHeaders])
    func shown(_ headers: HTTPHeaders) async throws {
        // Without a model, what is admitted is answered 503.
        let response = await (try Self.service()).answer(try Self.get("/v1/model", headers))
        #expect(response.status == .serviceUnavailable)
        #expect(response.logMetadata["key"] == "alice")
    }

    @Test(
        "Without a valid key the answer is 401 and says how to show one",
        arguments: [
            ([:], "missing_api_key"), (["Authorization": "Basic eDp5"], "missing_api_key"),
            (["Authorization": "Bearer"], "missing_api_key"), (["Authorization": "Bearer wrong"], "invalid_api_key"),
            (["X-API-Key": ""], "invalid_api_key"),
            (["Authorization": "Bearer wrong", "X-API-Key": "0123456789abcdef"], "invalid_api_key"),
        ] as [(HTTPHeaders, String)])
    func refused(_ headers: HTTPHeaders, _ code: String) async throws {
        for path in ["/v1/model", "/v1/segment", "/no/such/path"] {
            let response = await (try Self.service()).answer(try Self.get(path, headers))
            #expect(response.status == .unauthorized)
            #expect(response.headers["WWW-Authenticate"]?.hasPrefix("Bearer ") == true)
            #expect(try response.problem().code == code)
        }
    }

    @Test("Health, metrics and the description are open, unless health is protected", arguments: [false, true])
    func open(_ protects: Bool) async throws {
        let service = try Self.service { $0.protectsHealth = protects }
        for path in ["/livez", "/metrics"] {
            #expect(await service.answer(try Self.get(path)).status == (protects ? .unauthorized : .ok))
            #expect(await service.answer(try Self.get(path, ["X-API-Key": Self.key])).status == .ok)
        }
        #expect(await service.answer(try Self.get("/openapi.yaml")).status == .ok)
    }

    @Test("With a listener of their own, health and metrics are there and nowhere else") func admin() async throws {
        let service = SegmentationService(
            requestTimeout: .seconds(1), logger: ServiceFixture.logger, separatesAdmin: true)
        for path in ["/livez", "/metrics"] {
            #expect(try await service.get(path).status == .notFound)
            guard case .now(let response) = service.adminReply(to: try Self.get(path)) else { continue }
            #expect(response.status == .ok)
        }
        guard case .now(let response) = service.adminReply(to: try Self.get("/v1/model")) else { return }
        #expect(response.status == .notFound)
    }

    // MARK: Other origins

    @Test(
        "Only an exact origin is one",
        arguments: [
            ("https://app.example", true), ("http://localhost:3000", true), ("*", false), ("null", false),
            ("https://*.example", false), ("https://app.example/", false), ("app.example", false), ("https://", false),
            ("https://App.example", false), ("", false),
        ])
    func origins(_ origin: String, _ isOrigin: Bool) {
        #expect((CrossOrigin(origins: [origin]) != nil) == isOrigin)
    }

    @Test("An allowed origin's page may ask and read, another's not", arguments: [true, false])
    func crossOrigin(_ isAllowed: Bool) async throws {
        let service = try Self.service { $0.crossOrigin = CrossOrigin(origins: ["https://app.example"]) }
        let origin = isAllowed ? "https://app.example" : "https://app.example.evil"
        let preflight = await service.answer(
            try HTTPRequest(
                method: .options, target: "/v1/segment",
                headers: ["Origin": origin, "Access-Control-Request-Method": "POST"]))
        #expect(preflight.status == (isAllowed ? .noContent : .unauthorized))
        #expect((preflight.headers["Access-Control-Allow-Headers"] != nil) == isAllowed)
        let answer = await service.answer(try Self.get("/livez", ["Origin": origin]))
        for response in [preflight, answer] {
            #expect(response.headers["Access-Control-Allow-Origin"] == (isAllowed ? origin : nil))
            #expect(response.headers["Vary"] == "Origin")
        }
    }

    @Test("Without origins given, no answer says anything about them") func noCrossOrigin() async throws {
        let answer = await (try Self.service()).answer(try Self.get("/livez", ["Origin": "https://app.example"]))
        #expect(answer.headers["Access-Control-Allow-Origin"] == nil && answer.headers["Vary"] == nil)
    }
}
