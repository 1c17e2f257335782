/// The position that stands in for `position` on an axis of `count` values, which is carried on beyond its ends by
/// reflection: c b a | a b c | c b a. SciPy calls it `reflect`, OpenCV `BORDER_REFLECT`.
func reflected(_ position: Int, count: Int) -> Int {
    let inPeriod = position % (2 * count)
    let position = inPeriod < 0 ? inPeriod + 2 * count : inPeriod
    return position < count ? position : 2 * count - 1 - position
}

extension UnsafeMutableBufferPointer<Float> {
    /// Fills the first and the last `margin` values with reflections of those between.
    func reflectMargins(_ margin: Int) {
        let inner = count - 2 * margin
        for index in 0..<margin {
            self[margin - 1 - index] = self[margin + reflected(-1 - index, count: inner)]
            self[margin + inner + index] = self[margin + reflected(inner + index, count: inner)]
        }
    }
}
