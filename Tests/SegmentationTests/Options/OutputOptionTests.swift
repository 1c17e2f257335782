import Foundation
import Imaging
import Testing

@testable import Segmentation

/// What comes back, and in what form.
@Suite struct OutputOptionTests {
    private static let (balloon, drum) = (Asking.balloon, Asking.drum)

    /// Bits of a sample and the type of colour, from a PNG's header.
    private func layout(_ file: [UInt8]) -> (bits: UInt8, color: UInt8) { (file[24], file[25]) }

    private func sceneImage() throws -> RGBImage { try RGBImage(decoding: Scene.bytes(Asking.scene)) }

    @Test("bit_depth=1 has the same pixels in fewer bits")
    func bilevel() async throws {
        let usual = try await Asking.answer(["prompt": Self.balloon])
        let small = try await Asking.answer(["prompt": Self.balloon, "bit_depth": "1"])
        #expect(layout(usual) == (8, 0) && layout(small) == (1, 0))
        #expect(try GreyImage(decoding: small) == GreyImage(decoding: usual))
    }

    @Test("bit_depth=16 has the probabilities of 8 bits, more finely")
    func deep() async throws {
        let usual = try await Asking.answer(["prompt": Self.balloon, "as": "probability"])
        let deep = try await Asking.answer(["prompt": Self.balloon, "as": "probability", "bit_depth": "16"])
        #expect(layout(usual) == (8, 0) && layout(deep) == (16, 0))
        // Decoding rounds to 8 bits.
        let pairs = zip(try GreyImage(decoding: deep).values, try GreyImage(decoding: usual).values)
        #expect(pairs.allSatisfy { abs(Int($0) - Int($1)) <= 1 })
    }

    @Test("A cutout is the picture where the mask is, and transparent elsewhere; or laid on a colour")
    func cutout() async throws {
        let mask = try await Asking.mask(["prompt": Self.balloon])
        let picture = try sceneImage()
        func laid(on colour: [UInt8]) -> [UInt8] {
            picture.pixels.indices.map { mask.values[$0 / 3] == 1 ? picture.pixels[$0] : colour[$0 % 3] }
        }
        let transparent = try await Asking.answer(["prompt": Self.balloon, "as": "cutout"])
        #expect(layout(transparent) == (8, 6))
        #expect(try RGBImage(decoding: transparent).pixels == laid(on: [255, 255, 255]))
        let flat = try await Asking.answer(["prompt": Self.balloon, "as": "cutout", "background": "#10fF80"])
        #expect(layout(flat) == (8, 2))
        #expect(try RGBImage(decoding: flat).pixels == laid(on: [0x10, 0xFF, 0x80]))
    }

    @Test("A cropped cutout has the size of what was found, and of the margin", arguments: [0, 7, 4096])
    func crop(margin: Int) async throws {
        let mask = try await Asking.mask(["prompt": Self.balloon])
        let box = try #require(mask.statistics()).box.expanded(by: margin, within: ImageSize(width: 400, height: 300))
        let whole = try await RGBImage(decoding: Asking.answer(["prompt": Self.balloon, "as": "cutout"]))
        let cropped = try await RGBImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "cutout", "crop": "true", "margin": "\(margin)"]))
        #expect(cropped == whole.cropped(to: box))
    }

    @Test("Where nothing is found, a cropped cutout is the whole picture, all transparent")
    func cropOfNothing() async throws {
        let empty = try await RGBImage(
            decoding: Asking.answer(["prompt": Self.balloon, "threshold": "1", "as": "cutout", "crop": "true"]))
        #expect(empty.width == 400 && empty.height == 300 && empty.pixels.allSatisfy { $0 == 255 })
    }

    @Test("An overlay goes from the picture to the colours of the probabilities")
    func overlay() async throws {
        let none = try await Asking.answer(["prompt": Self.balloon, "as": "overlay", "alpha": "0"])
        #expect(layout(none) == (8, 2))
        #expect(try RGBImage(decoding: none) == sceneImage())
        let probabilities = try await RGBImage(decoding: Asking.answer(["prompt": Self.balloon, "as": "probability"]))
        let all = try await RGBImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "overlay", "alpha": "1", "colormap": "grey"]))
        #expect(zip(all.pixels, probabilities.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 1 })
        let quarter = try await RGBImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "overlay", "alpha": "0.25", "colormap": "grey"]))
        let mixed = zip(try sceneImage().pixels, all.pixels).map { (3 * Int($0) + Int($1)) / 4 }
        #expect(zip(quarter.pixels, mixed).allSatisfy { abs(Int($0) - $1) <= 1 })
        let colored = try await RGBImage(
            decoding: Asking.answer(["prompt": Self.balloon, "as": "overlay", "alpha": "1", "colormap": "magma"]))
        let colors = Colormap.magma.colors
        let wrong = (0..<colored.width * colored.height).count { pixel in
            let color = colors[Int(all.pixels[3 * pixel])]
            return Array(colored.pixels[3 * pixel..<3 * pixel + 3]) != [color.red, color.green, color.blue]
        }
        #expect(wrong == 0)
    }

    @Test("Labels are the most probable of the prompts whose masks a pixel belongs to, named in the file")
    func labels() async throws {
        let file = try await Asking.answer([
            "prompt": Self.balloon, "prompt": Self.drum, "as": "labels", "threshold": "0.3",
        ])
        #expect(layout(file) == (2, 3))
        let text = String(decoding: file, as: UTF8.self)
        #expect(text.contains("Label 1\0\(Self.balloon)") && text.contains("Label 2\0\(Self.drum)"))
        let picture = try RGBImage(decoding: file)
        let logits = try await DemoPool.pool().segment(
            Asking.request(["prompt": Self.balloon, "prompt": Self.drum, "as": "logits"]))
        let values = try NumPyFile.decode(logits.bytes).values
        let planes = [values[..<(192 * 192)], values[(192 * 192)...]].map { plane in
            FloatPlane(width: 192, height: 192, values: Array(plane)).resizedBilinear(width: 400, height: 300)
                .values.map { 1 / (1 + exp(-$0)) }
        }
        let palette = LabelMap.palette(labels: 2)
        let wrong = (0..<400 * 300).count { pixel in
            let (first, second) = (planes[0][pixel], planes[1][pixel])
            let label = max(first, second) < 0.3 ? 0 : first >= second ? 1 : 2
            let color = palette[label]
            return Array(picture.pixels[3 * pixel..<3 * pixel + 3]) != [color.red, color.green, color.blue]
        }
        // What another batch rounds otherwise.
        #expect(wrong < 5)
    }

    @Test(
        "The size of the answer is the image's, the model's or another",
        arguments: [("original", 400, 300), ("model", 192, 192), ("123x45", 123, 45)])
    func size(size: String, width: Int, height: Int) async throws {
        for kind in ["mask", "probability", "cutout", "overlay", "labels"] {
            let picture = try await RGBImage(
                decoding: Asking.answer(["prompt": Self.balloon, "as": kind, "size": size]))
            #expect(picture.width == width && picture.height == height, "\(kind)")
        }
        let report = try await Report(
            Asking.answer(["prompt": Self.balloon, "as": "json", "size": size]))
        #expect(report.size == Report.Size(width: width, height: height))
        #expect(report.image == Report.Size(width: 400, height: 300))
    }

    @Test("At the model's size, the mask is where its logits are not negative")
    func modelSize() async throws {
        let logits = try await Asking.logits(["prompt": Self.balloon]).values
        let mask = try await Asking.mask(["prompt": Self.balloon, "size": "model"])
        #expect(mask.values == logits.map { $0 >= 0 ? 1 : 0 })
    }

    @Test("A size over the limit of pixels is refused")
    func hugeSize() async throws {
        let error = try await #require(throws: InputError.self) {
            try await Asking.answer(["prompt": Self.balloon, "size": "65535x65535"])
        }
        #expect(error.code == "answer_too_large" && error.parameter == "size" && error.kind == .unprocessable)
    }

    @Test("What takes more memory than there may be is refused, and the option named that says how much")
    func memory() async throws {
        let pool = ModelPool(try DemoPool.pool().model, decodeMemoryBytes: 10 << 20)
        let error = try await #require(throws: InputError.self) {
            try await pool.segment(
                Asking.request(["prompt": Self.balloon, "refine": "guided", "size": "2000x1000"]))
        }
        #expect(error.code == "answer_too_large")
        #expect(error.description.contains("1 prompt would"))
        #expect(error.description.contains("there may be \(10 << 20) (--decode-memory-bytes)"))
        // Drawn row by row, it takes no more than decoding does.
        _ = try await pool.segment(Asking.request(["prompt": Self.balloon, "size": "2000x1000"]))
    }

    @Test(
        "One prompt at the image's own size is drawn alone, whatever it takes",
        arguments: ["json", "labels", "cutout", "overlay"])
    func alone(kind: String) async throws {
        let pool = ModelPool(try DemoPool.pool().model, decodeMemoryBytes: 1000)
        let request = try Asking.request(["prompt": Self.balloon, "as": kind])
        #expect(try await pool.segment(request).contentType == OutputKind(rawValue: kind)?.contentType)
        await #expect(throws: InputError.self) {
            try await pool.segment(Asking.request(["prompt": Self.balloon, "prompt": Self.drum, "as": kind]))
        }
    }

    @Test("JSON about a photograph of 30 megapixels fits the usual memory, of two prompts and inverted too")
    func photograph() async throws {
        let pool = try DemoPool.pool()
        for asked in [
            ["prompt": Self.balloon, "as": "json", "invert": "true"],
            ["prompt": Self.balloon, "as": "json", "prompt": Self.drum],
        ] as [KeyValuePairs] {
            let request = try Asking.request(asked)
            let scene = try RequestPreparation(images: pool.images, request: request)(unless: Abandonment())
            let photograph = PreparedRequest(
                size: ImageSize(width: 6000, height: 5000), views: scene.views, prompts: scene.prompts,
                answers: scene.answers, timings: scene.timings)
            let limit = ModelPool.defaultDecodeMemoryBytes
            #expect(try AnswerRendering(request, photograph, pool.images).bytes(limit: limit) < limit)
        }
    }

    @Test("Several prompts are united, intersected, or taken from the first")
    func combine() async throws {
        let parameters: KeyValuePairs = ["prompt": Self.balloon, "prompt": Self.drum, "threshold": "0.01"]
        func combined(_ way: String, as kind: String = "mask") async throws -> GreyImage {
            var request = try Asking.request(parameters)
            request.combination = try #require(Combination(rawValue: way))
            request.output = try #require(OutputKind(rawValue: kind))
            return try await GreyImage(decoding: DemoPool.pool().segment(request).bytes)
        }
        let first = try await Asking.mask(["prompt": Self.balloon, "threshold": "0.01"])
        let second = try await Asking.mask(["prompt": Self.drum, "threshold": "0.01"])
        try #require(!first.intersection(second).isEmpty)
        for (way, expected) in [
            ("union", first.union(second)), ("intersection", first.intersection(second)),
            ("first-minus-rest", first.subtracting(second)),
        ] {
            let found = try await combined(way).values
            let wrong = zip(found, expected.values).count { ($0 == 255) != ($1 == 1) }
            #expect(wrong < 5, "\(way)")
        }
        let one = try await GreyImage(decoding: Asking.answer(["prompt": Self.balloon, "as": "probability"])).values
        let other = try await GreyImage(decoding: Asking.answer(["prompt": Self.drum, "as": "probability"])).values
        for (way, merge) in [
            ("union", { max($0, $1) }), ("intersection", { min($0, $1) }),
            ("first-minus-rest", { min($0, 255 - $1) }),
        ] as [(String, (UInt8, UInt8) -> UInt8)] {
            let found = try await combined(way, as: "probability").values
            let expected = zip(one, other).map(merge)
            #expect(zip(found, expected).allSatisfy { abs(Int($0) - Int($1)) <= 1 }, "\(way)")
        }
    }

    @Test(
        "Separate prompts have a picture each, in JSON or in a ZIP file", arguments: ["mask", "probability", "cutout"])
    func separate(kind: String) async throws {
        let alone = [
            try await Asking.answer(["prompt": Self.balloon, "as": kind]),
            try await Asking.answer(["prompt": Self.drum, "as": kind]),
        ]
        var request = try Asking.request([
            "prompt": Self.balloon, "prompt": Self.drum, "as": kind, "combine": "separate",
        ])
        #expect(request.contentType == "application/json")
        let report = try await SeparateReport(DemoPool.pool().segment(request).bytes)
        #expect(report.pictures.map(\.label) == [Self.balloon, Self.drum])
        #expect(report.pictures.allSatisfy { $0.contentType == "image/png" })
        for (picture, file) in zip(report.pictures, alone) {
            let pixels = zip(try RGBImage(decoding: [UInt8](picture.data)).pixels, try RGBImage(decoding: file).pixels)
            #expect(pixels.count { $0 != $1 } < 20)
        }
        request.package = .zip
        let result = try await DemoPool.pool().segment(request)
        #expect(result.contentType == "application/zip")
        let members = try StoredZIP(result.bytes).members
        #expect(members.map(\.name) == ["index.json", "1.png", "2.png"])
        #expect(members.dropFirst().map { Data($0.bytes) } == report.pictures.map(\.data))
    }

    @Test("Of separate pictures, those say their threshold whose prompt had none", arguments: [0, 1])
    func separateThresholds(automatic: Int) async throws {
        let thresholds = automatic == 0 ? ["auto", "0.4"] : ["0.4", "auto"]
        let report = try await SeparateReport(
            Asking.answer([
                "prompt": Self.balloon, "prompt": Self.drum, "threshold": thresholds[0], "threshold": thresholds[1],
                "combine": "separate",
            ]))
        for (number, picture) in report.pictures.enumerated() {
            let says = String(decoding: picture.data, as: UTF8.self).contains("Threshold\0")
            #expect(says == (number == automatic))
        }
    }

    @Test("Each prompt may have its own threshold")
    func thresholds() async throws {
        let both = try await Asking.mask([
            "prompt": Self.balloon, "prompt": Self.drum, "threshold": "0.9", "threshold": "0.1",
        ])
        let first = try await Asking.mask(["prompt": Self.balloon, "threshold": "0.9"])
        let second = try await Asking.mask(["prompt": Self.drum, "threshold": "0.1"])
        #expect(zip(both.values, first.union(second).values).count { $0 != $1 } < 5)
    }

    @Test("An automatic threshold is Otsu's, and told")
    func automatic() async throws {
        let answer = try await Report(
            Asking.answer([
                "prompt": Self.balloon, "prompt": Self.drum, "threshold": "auto", "threshold": "0.5", "as": "json",
            ]))
        let probabilities = try await GreyImage(decoding: Asking.answer(["prompt": Self.balloon, "as": "probability"]))
        let histogram = ProbabilityHistogram(
            FloatPlane(width: 400, height: 300, values: probabilities.values.map { Float($0) / 255 }))
        #expect(answer.prompts.map(\.thresholdAuto) == [true, false])
        #expect(abs(answer.prompts[0].threshold - (try #require(histogram.otsuThreshold))) < 1e-5)
        #expect(answer.prompts[1].threshold == 0.5)
        let mask = try await Asking.answer(["prompt": Self.balloon, "threshold": "auto"])
        #expect(
            String(decoding: mask, as: UTF8.self).contains("Threshold\0\(answer.prompts[0].threshold)"))
        #expect(try GreyImage(decoding: mask).values.count { $0 == 255 } == answer.prompts[0].area)
    }
}

/// Takes a ZIP file of stored members apart by its directory.
struct StoredZIP {
    let members: [(name: String, bytes: [UInt8])]

    init(_ file: [UInt8]) throws {
        func number(_ at: Int, _ count: Int) -> Int {
            file[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        let end = file.count - 22
        try #require(number(end, 4) == 0x0605_4B50)
        var entry = number(end + 16, 4)
        var members: [(String, [UInt8])] = []
        for _ in 0..<number(end + 10, 2) {
            try #require(number(entry, 4) == 0x0201_4B50 && number(entry + 10, 2) == 0)
            let (size, nameLength, start) = (number(entry + 24, 4), number(entry + 28, 2), number(entry + 42, 4))
            try #require(number(start, 4) == 0x0403_4B50)
            let name = String(decoding: file[start + 30..<start + 30 + nameLength], as: UTF8.self)
            members.append((name, Array(file[start + 30 + nameLength..<start + 30 + nameLength + size])))
            entry += 46 + nameLength
        }
        try #require(entry == end)
        self.members = members
    }
}
