import Testing

@testable import Imaging

struct ColorTable: Decodable, Sendable, CustomTestStringConvertible {
    let name: String
    let colors: String

    var testDescription: String { name }
    static let all: [ColorTable] = (try? Fixtures.rows("colormaps.json", as: ColorTable.self)) ?? []
}

@Suite("Putting masks and pictures together")
struct CompositingTests {
    @Test("there is a published table for each colour map")
    func fixtures() {
        #expect(ColorTable.all.map(\.name).sorted() == Colormap.allCases.map(\.rawValue).sorted())
    }

    @Test("colour maps are those of matplotlib and OpenCV, but for some steps", arguments: ColorTable.all)
    func colormaps(row: ColorTable) throws {
        let colors = try #require(Colormap(rawValue: row.name)).colors.flatMap { [$0.red, $0.green, $0.blue] }
        let expected = try bytes(ofHex: row.colors)
        #expect(colors.count == expected.count)
        for (value, byte) in zip(colors, expected) { #expect(abs(Int(value) - Int(byte)) <= 4) }
    }

    @Test("a cutout has the mask as its alpha, and nothing left where it is transparent")
    func cutout() {
        let image = RGBImage.noise(width: 3, height: 2, seed: 1)
        let opacity = GreyImage(width: 3, height: 2, pixels: [0, 255, 100, 255, 0, 1])
        let cutout = Cutout(of: image, opacity: opacity)
        var rgba: [UInt8] = []
        var row = [UInt8](repeating: 9, count: 12)
        for number in 0..<2 {
            row.withUnsafeMutableBufferPointer { cutout.writeRGBA(number, into: $0) }
            rgba += row
        }
        for pixel in 0..<6 {
            let color = opacity.pixels[pixel] == 0 ? [0, 0, 0] : Array(image.pixels[3 * pixel..<3 * pixel + 3])
            #expect(Array(rgba[4 * pixel..<4 * pixel + 4]) == color + [opacity.pixels[pixel]])
        }
    }

    @Test("a cutout laid over a colour is blended, in the box asked for")
    func flattened() {
        let image = RGBImage(width: 3, height: 2, pixels: [UInt8](repeating: 100, count: 18))
        let opacity = GreyImage(width: 3, height: 2, pixels: [9, 9, 9, 9, 0, 51])
        let box = PixelBox(x: 1, y: 1, width: 2, height: 1)
        var row = [UInt8](repeating: 9, count: 6)
        row.withUnsafeMutableBufferPointer {
            Cutout(of: image, opacity: opacity, box: box)
                .writeRGB(0, over: RGBColor(red: 0, green: 200, blue: 255), into: $0)
        }
        #expect(row == [0, 200, 255, 20, 180, 224])
    }

    @Test("a box grows by a margin, but not out of the picture")
    func margin() {
        let box = PixelBox(x: 2, y: 1, width: 3, height: 2)
        let size = ImageSize(width: 8, height: 4)
        #expect(box.expanded(by: 0, within: size) == box)
        #expect(box.expanded(by: 1, within: size) == PixelBox(x: 1, y: 0, width: 5, height: 4))
        #expect(box.expanded(by: .max, within: size) == PixelBox(x: 0, y: 0, width: 8, height: 4))
    }

    @Test("an overlay is as much colour as asked for, the rest picture", arguments: [0, 0.2, 1] as [Float])
    func overlay(alpha: Float) {
        let image = RGBImage(width: 5, height: 2, pixels: [UInt8](repeating: 50, count: 30))
        let probabilities: [Float] = [0, 1, .nan, 2, 0.6]
        var row = [UInt8](repeating: 0, count: 15)
        probabilities.withUnsafeBufferPointer { probabilities in
            row.withUnsafeMutableBufferPointer {
                HeatMapOverlay(on: image, alpha: alpha, colormap: .grey).write(
                    1, probabilities: probabilities, into: $0)
            }
        }
        let greys: [Float] = [0, 255, 0, 255, 153]
        for (column, grey) in greys.enumerated() {
            #expect(abs(Float(row[3 * column]) - (alpha * grey + (1 - alpha) * 50)) <= 0.5)
        }
    }

    @Test("labels have the colours of PASCAL VOC, all of them different")
    func palette() {
        let palette = LabelMap.palette(labels: 255)
        #expect(Set(palette).count == 256)
        // As in the benchmark's table: background, aeroplane, bicycle, … person, … monitor.
        for (label, color) in [
            0: 0, 1: 0x800000, 2: 0x008000, 3: 0x808000, 4: 0x000080, 15: 0xC08080, 20: 0x004080, 255: 0xE0E0C0,
        ] as [Int: UInt32] {
            #expect(palette[label] == RGBColor(hex: color))
        }
    }
}
