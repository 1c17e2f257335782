import Testing

@testable import Tracing

@Suite struct TraceContextTests {
    private static let traceID = "0af7651916cd43dd8448eb211c80319c"

    @Test(
        "A trace's identifier comes from one valid traceparent only",
        arguments: [
            (["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"], true),
            (["01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"], true),
            (["00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more"], false),
            (["ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"], false),
            (["01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-" + String(repeating: "x", count: 200)], true),
            (["01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-" + String(repeating: "-", count: 201)], false),
            (["00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"], false),
            (["00-00000000000000000000000000000000-b7ad6b7169203331-01"], false),
            (["00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01"], false),
            (["00-0af7651916cd43dd8448eb211c8031-b7ad6b7169203331-01"], false),
            (["", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"], false), ([], false), (["x"], false),
        ])
    func traceparent(_ values: [String], _ isValid: Bool) {
        let context = TraceContext(traceparent: values)
        #expect(context?.traceID == (isValid ? Self.traceID : nil))
        #expect(context?.parentID == (isValid ? "b7ad6b7169203331" : nil))
    }

    @Test(
        "The caller says whether it keeps the trace",
        arguments: [("00", false), ("01", true), ("02", false), ("ff", true)])
    func flags(_ flags: String, _ isSampled: Bool) {
        #expect(TraceContext(traceparent: ["00-\(Self.traceID)-b7ad6b7169203331-\(flags)"])?.isSampled == isSampled)
    }

    @Test("A trace that begins here has an identifier of its own, and no parent") func own() {
        let contexts = (0..<1000).map { _ in TraceContext() }
        #expect(Set(contexts.map(\.traceID)).count == 1000)
        #expect(contexts.allSatisfy { $0.traceID.utf8.count == 32 && $0.parentID == nil && $0.isSampled == nil })
        let id = SpanIdentifier.random()
        #expect(TraceContext(traceparent: ["00-\(contexts[0].traceID)-\(id)-01"])?.parentID == id)
    }

    @Test("Text of combining marks is read at once") func combiningMarks() {
        #expect(TraceContext(traceparent: [String(repeating: "\u{301}\u{316}", count: 40_000)]) == nil)
    }

    @Test(
        "A sampler heeds the caller if it is to, and else a share of traces",
        arguments: [
            ("always_on", nil, [true, true, true]), ("always_off", nil, [false, false, false]),
            ("parentbased_always_on", nil, [true, true, false]), ("parentbased_always_off", nil, [false, true, false]),
            ("traceidratio", "0", [false, false, false]), ("parentbased_traceidratio", "1", [true, true, false]),
            ("parentbased_traceidratio", nil, [true, true, false]),
        ] as [(String, String?, [Bool])])
    func sampler(_ name: String, _ argument: String?, _ expected: [Bool]) throws {
        let sampler = try #require(Sampler(name: name, argument: argument))
        let parents = ["01", "00"].map { TraceContext(traceparent: ["00-\(Self.traceID)-b7ad6b7169203331-\($0)"]) }
        let contexts = try [TraceContext()] + parents.map { try #require($0) }
        #expect(contexts.map(sampler.keeps) == expected)
    }

    @Test("A quarter of the traces is about a quarter, and always the same ones") func ratio() throws {
        let sampler = try #require(Sampler(name: "traceidratio", argument: "0.25"))
        let contexts = (0..<10_000).map { _ in TraceContext() }
        let kept = contexts.filter(sampler.keeps)
        // Six standard deviations are 260.
        #expect(abs(kept.count - 2500) < 260)
        #expect(contexts.filter(sampler.keeps) == kept)
    }

    @Test(
        "What is no sampler",
        arguments: [("x", nil), ("traceidratio", "2"), ("traceidratio", "x"), ("", nil)] as [(String, String?)])
    func noSampler(_ name: String, _ argument: String?) {
        #expect(Sampler(name: name, argument: argument) == nil)
    }
}
