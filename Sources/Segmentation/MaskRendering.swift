import CLIPSeg
import Glibc
import Imaging

/// From logits to the pixels of an answer.
struct MaskRendering {
    /// The largest logit of any prompt at each pixel: the union of what the prompts ask for.
    let union: FloatPlane

    /// Enlarges logits to `width × height`, bilinearly, and unites the prompts.
    init(_ logits: Logits, width: Int, height: Int) {
        let planes = (0..<logits.prompts).map { prompt in
            FloatPlane(width: logits.width, height: logits.height, values: logits.plane(prompt))
                .resizedBilinear(width: width, height: height)
        }
        guard planes.count > 1 else {
            union = planes[0]
            return
        }
        var values = planes[0].values
        for plane in planes.dropFirst() {
            for index in values.indices { values[index] = max(values[index], plane.values[index]) }
        }
        union = FloatPlane(width: width, height: height, values: values)
    }

    /// 255 where sigmoid(logit) reaches the threshold, else 0.
    func mask(threshold: Float) -> [UInt8] {
        // The sigmoid is monotonous, so its inverse, once, replaces it at every pixel.
        let least = log(threshold / (1 - threshold))
        return union.values.map { $0 >= least ? 255 : 0 }
    }

    /// 255 × sigmoid(logit), rounded to the nearest.
    func probability() -> [UInt8] {
        union.values.map { UInt8((255 / (1 + exp(-$0))).rounded()) }
    }
}
