import CLIPSeg
import Glibc
import Imaging

/// From logits to the pixels of an answer.
struct MaskRendering {
    /// The largest logit of any prompt at each pixel: the union of what the prompts ask for.
    let union: FloatPlane

    /// Enlarges logits to `width × height`, bilinearly, and unites the prompts.
    init(_ logits: Logits, width: Int, height: Int) {
        func enlarged(_ prompt: Int) -> FloatPlane {
            FloatPlane(width: logits.width, height: logits.height, values: logits.plane(prompt))
                .resizedBilinear(width: width, height: height)
        }
        let first = enlarged(0)
        guard logits.prompts > 1 else {
            union = first
            return
        }
        // One prompt at a time: many prompts on a large image must not take many times its memory.
        var values = first.values
        for prompt in 1..<logits.prompts {
            let plane = enlarged(prompt).values
            for index in values.indices { values[index] = max(values[index], plane[index]) }
        }
        union = FloatPlane(width: width, height: height, values: values)
    }

    /// What rendering takes at most: the union and one prompt's logits in 32 bits, the pixels and the file made of them.
    static func bytes(width: Int, height: Int) -> Int { width * height * 10 }

    /// 255 where sigmoid(logit) reaches the threshold, else 0.
    func mask(threshold: Float) -> [UInt8] {
        let least = Self.leastLogit(reaching: threshold)
        return union.values.map { $0 >= least ? 255 : 0 }
    }

    /// 255 × sigmoid(logit), rounded to the nearest; 0 where the logit is not a number.
    func probability() -> [UInt8] {
        union.values.map { $0.isNaN ? 0 : UInt8((255 / (1 + exp(-$0))).rounded()) }
    }

    /// Replaces a sigmoid at every pixel, which is monotonous, rounding included: the inverse's own rounding would decide
    /// otherwise for the logits nearest to it.
    private static func leastLogit(reaching threshold: Float) -> Float {
        func reaches(_ logit: Float) -> Bool { 1 / (1 + exp(-logit)) >= threshold }
        // In 32 bits the sigmoid is 0 at the one and 1 at the other.
        var below: Float = -128
        var least: Float = 128
        guard !reaches(below) else { return -.infinity }
        while true {
            let middle = (below + least) / 2
            guard below < middle, middle < least else { return least }
            if reaches(middle) { least = middle } else { below = middle }
        }
    }
}
