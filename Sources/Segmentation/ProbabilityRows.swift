import Glibc
import Imaging

/// One prompt's probabilities: sigmoid(logit), 0 where a logit is not a number.
public struct ProbabilityRows {
    private var logits: EnlargedRows
    private var row: [Float]

    init(_ logits: EnlargedRows) {
        self.logits = logits
        row = [Float](repeating: 0, count: logits.width)
    }

    /// The row of the given number, a value for each column; cheapest from the top down.
    public mutating func withRow<Result>(_ number: Int, _ use: (UnsafeBufferPointer<Float>) throws -> Result) rethrows
        -> Result
    {
        try row.withUnsafeMutableBufferPointer { row in
            logits.write(number, into: row)
            for column in row.indices {
                let probability = 1 / (1 + exp(-row[column]))
                row[column] = probability.isNaN ? 0 : probability
            }
            return try use(UnsafeBufferPointer(row))
        }
    }
}
