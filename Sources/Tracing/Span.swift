/// Something that took time, as OpenTelemetry tells it.
public struct Span: Sendable {
    /// What a span says besides its name and time.
    public enum Value: Sendable, Equatable {
        case text(String)
        case integer(Int)
    }

    /// Which side of a call it is, in OTLP's numbers.
    public enum Kind: Int, Sendable {
        case `internal` = 1
        case server = 2
    }

    /// The trace that it is part of.
    public var traceID: String
    /// Its own identifier, 16 hexadecimal digits.
    public var id = SpanIdentifier.random()
    /// The span that it is part of.
    public var parentID: String?
    /// What was done: one of few names.
    public var name: String
    /// Which side of a call it is.
    public var kind: Kind
    /// When it began, in nanoseconds since 1970.
    public var start: UInt64
    /// How long it took.
    public var duration: Duration
    /// By OpenTelemetry's names, where it has some.
    public var attributes: [(key: String, value: Value)] = []
    /// Whether it failed through no fault of the caller.
    public var hasFailed = false

    /// A span of this name and time.
    public init(
        traceID: String, parentID: String?, name: String, kind: Kind, start: UInt64, duration: Duration
    ) {
        self.traceID = traceID
        self.parentID = parentID
        self.name = name
        self.kind = kind
        self.start = start
        self.duration = duration
    }
}
