/// Puts the planes of a grid's tiles together to the plane of the whole picture, without seams: where tiles overlap, one fades
/// into the other.
public struct TileBlender: Sendable {
    private let grid: TileGrid
    private var sums: [Float]
    private var row: [Float]

    /// A plane of zeros, one value a pixel of the picture.
    public init(_ grid: TileGrid) {
        self.grid = grid
        sums = [Float](repeating: 0, count: grid.image.width * grid.image.height)
        row = [Float](repeating: 0, count: grid.horizontal.tileLength)
    }

    /// Adds what a tile shows, enlarged to the tile's size. Each tile is to be added once.
    ///
    /// - Parameters:
    ///   - plane: of any size.
    ///   - window: the part of the plane that shows the tile; all of it if nil.
    ///   - tileRow: the tile's row, from 0.
    ///   - tileColumn: the tile's column, from 0.
    public mutating func add(_ plane: FloatPlane, window: PlaneWindow? = nil, tileRow: Int, tileColumn: Int) {
        let tile = grid.tile(row: tileRow, column: tileColumn)
        let (down, across) = (grid.vertical.weights(of: tileRow), grid.horizontal.weights(of: tileColumn))
        var rows = EnlargedRows(
            of: plane, window: window ?? PlaneWindow(all: plane.size), width: tile.width, height: tile.height)
        row.withUnsafeMutableBufferPointer { row in
            sums.withUnsafeMutableBufferPointer { sums in
                for number in 0..<tile.height {
                    rows.write(number, into: row)
                    let start = (tile.y + number) * grid.image.width + tile.x
                    for column in 0..<tile.width { sums[start + column] += down[number] * across[column] * row[column] }
                }
            }
        }
    }

    /// The plane of the whole picture, when all tiles were added.
    public consuming func plane() -> FloatPlane {
        FloatPlane(width: grid.image.width, height: grid.image.height, values: sums)
    }
}
