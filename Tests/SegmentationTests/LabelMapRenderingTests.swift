import Imaging
import Testing

@testable import Segmentation

@Suite struct LabelMapRenderingTests {
    @Test("A pixel has the label of the most probable of the prompts whose mask it belongs to, the first of equals")
    func labels() throws {
        var labels = LabelMapRendering(ImageSize(width: 3, height: 2))
        let probabilities: [[Float]] = [[0.1, 0.6, 0.6, 0.9, 0.5, 0.3], [0.2, 0.7, 0.6, 0.8, 0.4, 0.9]]
        for (prompt, (values, threshold)) in zip(probabilities, [Float(0.5), 0.55]).enumerated() {
            let plane = FloatPlane(width: 3, height: 2, values: values)
            labels.add(prompt, plane, BinaryMask(plane, threshold: threshold))
        }
        let colors = LabelMap.palette(labels: 2)
        let image = try RGBImage(decoding: labels.file(["one", "other"], text: []))
        #expect(image.pixels == [0, 2, 1, 1, 1, 2].flatMap { [colors[$0].red, colors[$0].green, colors[$0].blue] })
    }
}
