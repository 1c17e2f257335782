#if OneDNN
import CKernels

/// How a product with weights in panels is split: a thread takes one panel of columns at a time and all rows by it, so that
/// weights, which hardly ever lie in a cache, are fetched once.
struct PanelSplit {
    /// How many pieces of work there are.
    var count: Int { panels * parts }

    private let panels: Int
    private let rows: Int
    private let tiles: Int
    private let parts: Int

    /// As many rows as leave room for a panel in the second-level cache, with their part of the result.
    private static let mostRows = 516
    private static let tileRows = 6

    init(rows: Int, columns: Int, threads: Int) {
        self.rows = rows
        panels = Self.panels(columns: columns)
        tiles = (rows + Self.tileRows - 1) / Self.tileRows
        // As few parts of the rows as keep all threads busy.
        var parts = (rows + Self.mostRows - 1) / Self.mostRows
        while !(panels * parts).isMultiple(of: threads), panels * parts < 8 * threads { parts += 1 }
        self.parts = min(parts, tiles)
    }

    static func panels(columns: Int) -> Int {
        let width = clipseg_panel_columns(columns)
        return (columns + width - 1) / width
    }

    /// A piece: some rows, whole tiles but for the last, and the number of a panel.
    subscript(index: Int) -> (rows: Range<Int>, panel: Int) {
        let (part, panel) = index.quotientAndRemainder(dividingBy: panels)
        let tiles = ParallelLoop.part(part, of: parts, tiles)
        return (tiles.lowerBound * Self.tileRows..<min(rows, tiles.upperBound * Self.tileRows), panel)
    }
}
#endif
