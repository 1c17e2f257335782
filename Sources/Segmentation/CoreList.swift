/// Processor cores as the kernel lists them: numbers and ranges, such as `0-3,8`.
struct CoreList {
    /// At least 1.
    let count: Int

    /// More than any kernel can be built for.
    private static let maxNumber = 1 << 16

    /// Nil for what is no such list, and for an empty one.
    init?(_ text: Substring) {
        var count = 0
        for range in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = range.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
            guard ends.count <= 2, case let first?? = ends.first, case let last?? = ends.last,
                first <= last, last < Self.maxNumber
            else { return nil }
            count += last - first + 1
        }
        self.count = count
    }
}
