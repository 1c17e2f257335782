/// Into how many overlapping tiles an image is cut.
public struct TileCount: Sendable, Equatable, CustomStringConvertible {
    /// From top to bottom.
    public let rows: Int
    /// From left to right.
    public let columns: Int

    /// The whole image.
    public static let one = TileCount(rows: 1, columns: 1)

    /// How many rows, and how many columns, there can be.
    static let range = 1...8

    private init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// Reads rows and columns as in `2x3`.
    init?(_ text: String) {
        guard let (rows, columns) = twoNumbers(text, in: Self.range) else { return nil }
        self.init(rows: rows, columns: columns)
    }

    var count: Int { rows * columns }

    /// As `init` reads it.
    public var description: String { "\(rows)x\(columns)" }
}
