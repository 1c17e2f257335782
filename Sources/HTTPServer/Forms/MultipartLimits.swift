/// How much a multipart body may hold; what is over a limit is refused with 413.
public struct MultipartLimits: Sendable, Hashable {
    /// Parts in the body.
    public var maxParts = 64
    /// Bytes in one part's header section, line ends included.
    public var maxHeaderBytes = 4 * 1024
    /// Field lines in one part's header section.
    public var maxHeaderCount = 16
    /// Bytes in a part that is a field, that is, has no file name.
    public var maxFieldBytes = 64 * 1024
    /// Bytes in a part that is a file.
    public var maxFileBytes = Int.max

    /// The limits given above.
    public init() {}
}
