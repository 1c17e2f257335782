import Compute
import Glibc

/// The mean cross-entropy of square `logits` whose row i should prefer column i.
func contrastiveLoss(_ logits: Matrix) -> Float {
    let values = logits.values
    let count = logits.rows
    let total = (0..<count).reduce(Float(0)) { total, row in
        let scores = values[row * count..<(row + 1) * count]
        let peak = scores.max() ?? 0
        let logSum = log(scores.reduce(Float(0)) { $0 + exp($1 - peak) }) + peak
        return total + logSum - values[row * count + row]
    }
    return total / Float(count)
}

/// The mean binary cross-entropy of `logits` against `labels` between 0 and 1.
func binaryCrossEntropy(_ logits: [Float], _ labels: [Float]) -> Float {
    let total = zip(logits, labels).reduce(Double(0)) { total, pair in
        // log(1 + e^x) without overflow.
        let (x, label) = pair
        return total + Double(max(x, 0) - x * label + log1p(exp(-abs(x))))
    }
    return Float(total / Double(logits.count))
}
