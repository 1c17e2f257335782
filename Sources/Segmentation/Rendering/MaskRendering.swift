import Glibc
import Imaging

/// From logits to the pixels of an answer, row by row: a large picture must not take many times its memory.
struct MaskRendering {
    let size: ImageSize
    private let answer: AnswerLogits

    /// Logits that are to be enlarged to `size`, bilinearly, and united.
    init(_ answer: AnswerLogits, _ size: ImageSize) {
        self.answer = answer
        self.size = size
    }

    /// What rendering takes at most: the pixels, the file made of them, which grows by doubling, and its copy.
    static func bytes(_ size: ImageSize) -> Int { size.pixels * 4 }

    /// 255 where sigmoid(logit) reaches the threshold, else 0.
    func mask(threshold: Float) -> MaskRows {
        let least = Self.leastLogit(reaching: threshold)
        return MaskRows(union: union) { logits, bytes in
            // Both are a row. Pointers, or each subscript is checked and the loop not vectorised.
            guard let source = logits.baseAddress, let target = bytes.baseAddress else { return }
            for column in 0..<min(logits.count, bytes.count) { target[column] = source[column] >= least ? 255 : 0 }
        }
    }

    /// 255 × sigmoid(logit), rounded to the nearest; 0 where the logit is not a number.
    func probability() -> MaskRows {
        MaskRows(union: union) { logits, bytes in
            for (column, logit) in logits.enumerated() {
                bytes[column] = logit.isNaN ? 0 : UInt8((255 / (1 + exp(-logit))).rounded())
            }
        }
    }

    /// The largest logit of any prompt at each pixel: the union of what the prompts ask for.
    var union: UnitedRows { UnitedRows(answer, size) }

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
