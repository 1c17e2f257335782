/// How a stored picture must be turned to stand upright. Raw values are those of the TIFF and EXIF tag Orientation.
enum Orientation: Int, CaseIterable, Sendable {
    case upright = 1
    case mirrored
    case rotated180
    case flipped
    case transposed
    case rotated90Clockwise
    case transversed
    case rotated90Counterclockwise

    var swapsSides: Bool { rawValue >= Orientation.transposed.rawValue }
}

extension RGBImage {
    /// The picture turned upright, given the orientation it is stored with. Equal to Pillow's `ImageOps.exif_transpose`.
    func upright(from orientation: Orientation) -> RGBImage {
        guard orientation != .upright else { return self }
        let walk = PixelWalk(width: width, height: height, orientation: orientation)
        let turned = [UInt8](unsafeUninitializedCapacity: pixels.count) { destination, initializedCount in
            pixels.withUnsafeBufferPointer { walk.copyPixels(from: $0, to: destination) }
            initializedCount = pixels.count
        }
        return RGBImage(width: walk.columns, height: walk.rows, pixels: turned)
    }
}

/// The order in which the pixels of a stored picture are met when the upright picture is read row by row.
private struct PixelWalk {
    /// Size of the upright picture.
    let columns: Int
    let rows: Int
    /// Pixel numbers in the stored picture: where to begin, and how far to go for a column and for a row.
    let start: Int
    let columnStep: Int
    let rowStep: Int

    init(width: Int, height: Int, orientation: Orientation) {
        let topLeft = 0
        let topRight = width - 1
        let bottomLeft = (height - 1) * width
        let bottomRight = bottomLeft + topRight
        let (right, down) = (1, width)

        (columns, rows) = orientation.swapsSides ? (height, width) : (width, height)
        (start, columnStep, rowStep) =
            switch orientation {
            case .upright: (topLeft, right, down)
            case .mirrored: (topRight, -right, down)
            case .rotated180: (bottomRight, -right, -down)
            case .flipped: (bottomLeft, right, -down)
            case .transposed: (topLeft, down, right)
            case .rotated90Clockwise: (bottomLeft, -down, right)
            case .transversed: (bottomRight, -down, -right)
            case .rotated90Counterclockwise: (topRight, down, -right)
            }
    }

    /// Goes by tiles: a turned row touches as many cache lines as it has pixels, and its neighbours touch them again.
    func copyPixels(from source: UnsafeBufferPointer<UInt8>, to destination: UnsafeMutableBufferPointer<UInt8>) {
        let tile = 64
        for firstRow in stride(from: 0, to: rows, by: tile) {
            for firstColumn in stride(from: 0, to: columns, by: tile) {
                for row in firstRow..<min(firstRow + tile, rows) {
                    var from = 3 * (start + row * rowStep + firstColumn * columnStep)
                    var to = 3 * (row * columns + firstColumn)
                    for _ in firstColumn..<min(firstColumn + tile, columns) {
                        destination[to] = source[from]
                        destination[to + 1] = source[from + 1]
                        destination[to + 2] = source[from + 2]
                        from += 3 * columnStep
                        to += 3
                    }
                }
            }
        }
    }
}
