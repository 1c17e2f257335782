/// A large picture cut into rows and columns of tiles of one size, which overlap.
public struct TileGrid: Sendable, Equatable {
    /// The picture's size.
    public let image: ImageSize
    /// How the rows are cut.
    let vertical: TileAxis
    /// How the columns are cut.
    let horizontal: TileAxis

    /// - Parameters:
    ///   - image: the picture's size.
    ///   - rows: 1 to the picture's height.
    ///   - columns: 1 to the picture's width.
    ///   - overlap: how much of its width a tile shares with each neighbour at least, and of its height; 0 to ½.
    public init(image: ImageSize, rows: Int, columns: Int, overlap: Double) {
        self.image = image
        vertical = TileAxis(length: image.height, tiles: rows, overlap: overlap)
        horizontal = TileAxis(length: image.width, tiles: columns, overlap: overlap)
    }

    /// The number of rows of tiles.
    public var rows: Int { vertical.starts.count }
    /// The number of tiles in a row.
    public var columns: Int { horizontal.starts.count }

    /// Where a tile is in the picture.
    public func tile(row: Int, column: Int) -> PixelBox {
        PixelBox(
            x: horizontal.starts[column], y: vertical.starts[row], width: horizontal.tileLength,
            height: vertical.tileLength)
    }
}

/// One axis of a picture cut into tiles of one length.
struct TileAxis: Sendable, Equatable {
    let length: Int
    let tileLength: Int
    let starts: [Int]

    init(length: Int, tiles: Int, overlap: Double) {
        precondition(length >= tiles && tiles > 0 && (0...0.5).contains(overlap), "tiles of at least a pixel")
        let exact = Double(length) / (Double(tiles) - Double(tiles - 1) * overlap)
        let tileLength = min(length, Int(exact.rounded(.up)))
        self.length = length
        self.tileLength = tileLength
        starts = (0..<tiles).map { tile in
            tiles == 1 ? 0 : (tile * (length - tileLength) * 2 + tiles - 1) / (2 * (tiles - 1))
        }
    }

    /// How much each pixel of a tile counts: rises evenly where the tile overlaps with the one before, falls where it does
    /// with the one after. At each place of the picture, the weights of all tiles sum up to 1.
    func weights(of tile: Int) -> [Float] {
        (0..<tileLength).map { offset in
            let position = starts[tile] + offset
            let sum = starts.indices.reduce(0) { $0 + ramp($1, at: position) }
            return Float(ramp(tile, at: position) / sum)
        }
    }

    private func ramp(_ tile: Int, at position: Int) -> Double {
        let start = starts[tile]
        guard (start..<start + tileLength).contains(position) else { return 0 }
        let (before, after) = (Double(position - start) + 0.5, Double(start + tileLength - position) - 0.5)
        var weight = 1.0
        if tile > 0, starts[tile - 1] + tileLength > start {
            weight = min(weight, before / Double(starts[tile - 1] + tileLength - start))
        }
        if tile + 1 < starts.count, start + tileLength > starts[tile + 1] {
            weight = min(weight, after / Double(start + tileLength - starts[tile + 1]))
        }
        return weight
    }
}
