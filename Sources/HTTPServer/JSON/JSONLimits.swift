/// How much a JSON body may hold; what is over a limit is refused with 413.
public struct JSONLimits: Sendable, Hashable {
    /// Arrays and objects within each other.
    public var maxDepth = 16
    /// Values of all kinds: each takes more memory than the two bytes that it takes to send.
    public var maxValues = 1 << 17
    /// Bytes in a member's name.
    public var maxNameBytes = ParameterWord.maxBytes
    /// Characters in a number.
    public var maxNumberBytes = 128
    /// Bytes in a text. Strings that hold files are bounded by the body alone.
    public var maxTextBytes = 64 * 1024

    /// The limits given above.
    public init() {}
}
