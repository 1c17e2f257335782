import ArgumentParser

/// Ranges that option values must be in.
enum OptionRange {
    /// The longest time that makes sense anywhere, in seconds.
    static let day: Double = 86_400

    /// - Throws: `ValidationError` if `value` is outside `range`, or not a number.
    static func require<Value: Comparable>(_ value: Value, in range: ClosedRange<Value>, _ flag: String) throws {
        guard range.contains(value) else {
            throw ValidationError("\(flag) must be between \(range.lowerBound) and \(range.upperBound).")
        }
    }
}
