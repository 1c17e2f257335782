import Testing

@testable import Imaging

struct Letterbox: Decodable, Sendable {
    let size: [Int]
    let sha256: String

    static let all: [Letterbox] = (try? Fixtures.rows("letterboxes.json", as: Letterbox.self)) ?? []
}

@Suite("Fitting pictures into a model's input, and tiles")
struct GeometryTests {
    @Test("finds the fixtures")
    func fixtures() {
        #expect(Letterbox.all.count == 5)
    }

    @Test("a letterbox is Pillow's", arguments: Letterbox.all)
    func letterbox(row: Letterbox) {
        let image = RGBImage.noise(width: row.size[0], height: row.size[1], seed: 33)
        let frame = ModelFrame(
            image: ImageSize(width: image.width, height: image.height), resolution: 64, fit: .letterbox, patch: 16)
        let fitted = frame.fitted(image, filter: .bilinear, bars: RGBColor(red: 9, green: 8, blue: 7))
        #expect(sha256(fitted.pixels) == row.sha256)
    }

    @Test(
        "a picture has its place in the input",
        arguments: [
            (ImageFit.stretch, 100, 50, 350, [350, 350, 0, 0, 350, 350]),
            (.letterbox, 100, 50, 352, [352, 352, 0, 88, 352, 176]),
            (.letterbox, 50, 100, 352, [352, 352, 88, 0, 176, 352]),
            (.letterbox, 100, 50, 350, [352, 352, 0, 88, 352, 176]),
            (.letterbox, 10_000, 1, 352, [352, 352, 0, 175, 352, 1]),
            (.native, 100, 50, 352, [352, 176, 0, 0, 352, 176]),
            (.native, 640, 480, 352, [352, 272, 0, 0, 352, 272]),
            (.native, 10_000, 1, 352, [352, 16, 0, 0, 352, 16]),
        ])
    func places(fit: ImageFit, width: Int, height: Int, resolution: Int, expected: [Int]) {
        let frame = ModelFrame(
            image: ImageSize(width: width, height: height), resolution: resolution, fit: fit, patch: 16)
        let box = frame.content
        #expect([frame.size.width, frame.size.height, box.x, box.y, box.width, box.height] == expected)
    }

    @Test("a plane comes back to the picture from where it lies in the input", arguments: ImageFit.allCases)
    func window(fit: ImageFit) {
        // Values tell their place in the picture; bars are far from all of them.
        let frame = ModelFrame(image: ImageSize(width: 200, height: 100), resolution: 64, fit: fit, patch: 16)
        let plane = FloatPlane(width: frame.size.width / 2, height: frame.size.height / 2) { row, values in
            for column in values.indices {
                let x = (2 * Float(column) + 1 - Float(frame.content.x)) / Float(frame.content.width)
                let y = (2 * Float(row) + 1 - Float(frame.content.y)) / Float(frame.content.height)
                values[column] = (0...1).contains(y) ? x + 10 * y : 1000
            }
        }
        var rows = EnlargedRows(of: plane, window: frame.window(in: plane.size), width: 200, height: 100)
        let restored = FloatPlane(width: 200, height: 100) { rows.write($0, into: $1) }
        for row in 8..<92 {
            for column in 8..<192 {
                let expected = (Float(column) + 0.5) / 200 + 10 * (Float(row) + 0.5) / 100
                #expect(abs(restored.values[row * 200 + column] - expected) < 1e-3)
            }
        }
        #expect(restored.values.allSatisfy { $0 < 12 })
    }

    @Test(
        "tiles cover the picture, overlap as asked, and their weights sum up to one",
        arguments: [
            (1, 10, 0.0), (2, 10, 0), (2, 11, 0.25), (3, 100, 0.1), (4, 101, 0.5), (5, 64, 0.3), (7, 7, 0), (7, 9, 0.5),
        ])
    func axes(tiles: Int, length: Int, overlap: Double) {
        let axis = TileAxis(length: length, tiles: tiles, overlap: overlap)
        #expect(axis.starts.count == tiles)
        #expect(axis.starts[0] == 0 && (axis.starts.last ?? 0) + axis.tileLength == length)
        var sums = [Float](repeating: 0, count: length)
        for tile in 0..<tiles {
            let weights = axis.weights(of: tile)
            #expect(weights.count == axis.tileLength && weights.allSatisfy { $0 > 0 && $0 <= 1 })
            for (offset, weight) in weights.enumerated() { sums[axis.starts[tile] + offset] += weight }
        }
        #expect(sums.allSatisfy { abs($0 - 1) < 1e-6 })
        for (start, next) in zip(axis.starts, axis.starts.dropFirst()) {
            #expect(Double(start + axis.tileLength - next) >= (Double(axis.tileLength) * overlap).rounded(.down) - 1)
        }
    }

    @Test("tiles of a plane put together are the plane", arguments: [(1, 1, 0.0), (2, 3, 0.2), (4, 2, 0.5), (3, 3, 0)])
    func blending(rows: Int, columns: Int, overlap: Double) {
        let plane = FloatPlane.drawn(width: 61, height: 43, seed: 5, spread: 1)
        let grid = TileGrid(image: ImageSize(width: 61, height: 43), rows: rows, columns: columns, overlap: overlap)
        var blender = TileBlender(grid)
        for row in 0..<grid.rows {
            for column in 0..<grid.columns {
                let box = grid.tile(row: row, column: column)
                let tile = FloatPlane(width: box.width, height: box.height) { number, values in
                    for offset in 0..<box.width {
                        values[offset] = plane.values[(box.y + number) * 61 + box.x + offset]
                    }
                }
                blender.add(tile, tileRow: row, tileColumn: column)
            }
        }
        for (value, expected) in zip(blender.plane().values, plane.values) { #expect(abs(value - expected) < 1e-6) }
    }

    @Test("tiles that disagree fade into each other without a step")
    func seams() {
        let grid = TileGrid(image: ImageSize(width: 100, height: 1), rows: 1, columns: 2, overlap: 0.4)
        var blender = TileBlender(grid)
        blender.add(FloatPlane(width: 1, height: 1, values: [0]), tileRow: 0, tileColumn: 0)
        blender.add(FloatPlane(width: 1, height: 1, values: [1]), tileRow: 0, tileColumn: 1)
        let values = blender.plane().values
        #expect(values.first == 0 && values.last == 1)
        for (one, next) in zip(values, values.dropFirst()) {
            #expect(next >= one)
            #expect(next - one <= 0.05)
        }
    }

    @Test("a picture is cropped and padded where it should be")
    func crops() {
        let image = RGBImage(width: 3, height: 2, pixels: (0..<18).map { UInt8($0) })
        #expect(
            image.cropped(to: PixelBox(x: 1, y: 0, width: 2, height: 2)).pixels
                == [3, 4, 5, 6, 7, 8, 12, 13, 14, 15, 16, 17])
        let padded = image.cropped(to: PixelBox(x: 0, y: 1, width: 2, height: 1))
            .paddedToSquare(RGBColor(red: 99, green: 98, blue: 97))
        #expect(padded.pixels == [9, 10, 11, 12, 13, 14, 99, 98, 97, 99, 98, 97])
        #expect(
            BinaryMask("#.#", ".##").cropped(to: PixelBox(x: 1, y: 0, width: 2, height: 2)) == BinaryMask(".#", "##"))
    }
}
