/// Gathers one line of a bounded length from input that may arrive in any number of pieces.
struct LineReader {
    /// The bytes read, which after `read` has returned true are one line without its end.
    private(set) var line: [UInt8] = []

    /// Reads up to the end of the line and moves `position` past what was read.
    ///
    /// - Returns: whether the line is complete; `nil` if it has more than `limit` bytes before its CRLF.
    /// - Throws: a 400 if LF comes without CR, or CR without LF. RFC 9112 §2.2 lets a recipient take a lone LF for a line's
    ///   end; when two parsers in a row differ over it, requests can be smuggled.
    mutating func read(
        _ input: Span<UInt8>, at position: inout Int, limit: Int
    ) throws(HTTPProblem) -> Bool? {
        let room = min(limit, Int.max - 2) + 2 - line.count
        let window = position + min(input.count - position, room)
        let visible = input.extracting(..<window)
        let lineFeed = visible.firstIndex(of: .lf, from: position)
        line.append(visible.extracting(position..<(lineFeed ?? window)))
        position = lineFeed ?? window
        guard line.count <= limit || line.count == limit + 1 && line.last == .cr else { return nil }
        guard lineFeed != nil else { return false }
        position += 1
        guard line.last == .cr else { throw .malformed("A line must end in CRLF.") }
        line.removeLast()
        guard !line.contains(.cr) else { throw .malformed("A CR must be followed by LF.") }
        return true
    }

    /// Makes ready for the next line.
    mutating func reset() {
        // What an idle connection holds on to must stay small.
        line.removeAll(keepingCapacity: line.capacity <= 512)
    }
}
