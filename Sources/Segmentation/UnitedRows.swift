import CLIPSeg
import Imaging

/// The largest logit of any prompt at each pixel of a picture, row by row.
struct UnitedRows {
    private var planes: [EnlargedRows]
    private var another: [Float]
    let width: Int
    let height: Int

    init(_ logits: Logits, width: Int, height: Int) {
        planes = (0..<logits.prompts).map { prompt in
            EnlargedRows(
                of: FloatPlane(width: logits.width, height: logits.height, values: logits.plane(prompt)),
                width: width, height: height)
        }
        another = [Float](repeating: 0, count: logits.prompts > 1 ? width : 0)
        self.width = width
        self.height = height
    }

    mutating func write(_ number: Int, into target: UnsafeMutableBufferPointer<Float>) {
        planes[0].write(number, into: target)
        for prompt in 1..<max(1, planes.count) {
            another.withUnsafeMutableBufferPointer { another in
                planes[prompt].write(number, into: another)
                for column in 0..<width { target[column] = max(target[column], another[column]) }
            }
        }
    }
}
