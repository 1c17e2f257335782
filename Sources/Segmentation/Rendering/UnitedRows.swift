import Imaging

/// The largest logit of any prompt at each pixel of a picture, row by row.
struct UnitedRows {
    private var planes: [EnlargedRows]
    private var another: [Float]
    let width: Int
    let height: Int

    init(_ answer: AnswerLogits, _ size: ImageSize) {
        planes = (0..<answer.count).map { answer.rows($0, size) }
        another = [Float](repeating: 0, count: answer.count > 1 ? size.width : 0)
        width = size.width
        height = size.height
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
