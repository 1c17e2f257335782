public import ArgumentParser
public import Logging
public import Segmentation

extension PrecisionChoice: ExpressibleByArgument {}
extension OutputKind: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}

/// Ranges that option values must be in.
enum Range {
    /// - Throws: `ValidationError` if `value` is outside `range`, or not a number.
    static func require<Value: Comparable>(_ value: Value, in range: ClosedRange<Value>, _ flag: String) throws {
        guard range.contains(value) else {
            throw ValidationError("\(flag) must be between \(range.lowerBound) and \(range.upperBound).")
        }
    }
}
