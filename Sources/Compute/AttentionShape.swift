/// How queries, keys and values lie in the rows that attention is given.
struct AttentionShape {
    /// The width of the queries, and of the keys, and of the values.
    let width: Int
    let headWidth: Int
    /// The first row of each sequence.
    let starts: [Int]

    init(_ projections: Matrix, sequences: [Int], heads: Int) {
        precondition(projections.columns % (3 * heads) == 0, "attention takes queries, keys and values of whole heads")
        precondition(sequences.reduce(0, +) == projections.rows, "sequences must cover the rows")
        width = projections.columns / 3
        headWidth = width / heads
        var starts: [Int] = []
        starts.reserveCapacity(sequences.count)
        var start = 0
        for length in sequences {
            starts.append(start)
            start += length
        }
        self.starts = starts
    }
}
