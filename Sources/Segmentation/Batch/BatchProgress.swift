/// How far a batch has come.
public struct BatchProgress: Sendable, Equatable {
    /// The images of the batch, or of this part of it.
    public let total: Int
    /// Those that have an answer from an earlier run.
    public let doneBefore: Int
    /// Those that an earlier run could not answer, and that are not tried again.
    public let failedBefore: Int
    /// Those that have an answer since.
    public internal(set) var done = 0
    /// Those that can't have one.
    public internal(set) var failed = 0

    /// Those that have no answer when the batch is over.
    public var allFailed: Int { failedBefore + failed }
    /// Those that are left.
    public var left: Int { total - doneBefore - failedBefore - done - failed }

    /// A line for a terminal of at least 80 columns: a bar, the rate, and the time left.
    ///
    /// - Parameter seconds: How long this run has been at work.
    public func line(after seconds: Double) -> String {
        let finished = total - left
        var line = "\(ProgressBar.text(finished, of: total)) \(finished)/\(total)"
        let rate = seconds > 0 ? Double(done + failed) / seconds : 0
        if rate > 0 { line += "  \(Self.text(rate: rate))  \(Self.text(seconds: Double(left) / rate)) left" }
        if allFailed > 0 { line += "  \(allFailed) failed" }
        return line
    }

    /// A sentence for the end.
    public func summary(after seconds: Double) -> String {
        var parts = ["\(done) done"]
        if doneBefore > 0 { parts.append("\(doneBefore) were done before") }
        if allFailed > 0 { parts.append("\(allFailed) failed") }
        return parts.joined(separator: ", ") + ", in \(Self.text(seconds: seconds))"
    }

    private static func text(rate: Double) -> String {
        guard rate < 10 else { return "\(Int(min(rate, 1e9).rounded()))/s" }
        let tenths = Int((rate * 10).rounded())
        return "\(tenths / 10).\(tenths % 10)/s"
    }

    private static func text(seconds: Double) -> String {
        let all = Int(min(seconds, 1e9).rounded(.up))
        let (minutes, rest) = ((all / 60) % 60, all % 60)
        let end = (rest < 10 ? "0" : "") + "\(rest)"
        guard all >= 3600 else { return "\(minutes):\(end)" }
        return "\(all / 3600):" + (minutes < 10 ? "0" : "") + "\(minutes):\(end)"
    }
}
