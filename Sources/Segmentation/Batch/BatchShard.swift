/// Which part of a batch this process does, for several that share it.
public struct BatchShard: Sendable, Equatable, CustomStringConvertible {
    /// From 0.
    public let index: Int
    /// How many parts there are.
    public let count: Int

    /// All there is.
    public static let whole = BatchShard(index: 0, count: 1)

    private init(index: Int, count: Int) {
        self.index = index
        self.count = count
    }

    /// Reads `I/N`; nil unless 0 ≤ I < N ≤ 65536.
    public init?(_ text: String) {
        let numbers = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 2, let index = numbers[0], let count = numbers[1] else { return nil }
        guard (1...65_536).contains(count), (0..<count).contains(index) else { return nil }
        self.init(index: index, count: count)
    }

    public var description: String { "\(index)/\(count)" }

    /// Whether this part has the image that is answered at `output`. That depends on the name alone, so all parts agree even
    /// if images come and go meanwhile.
    func holds(_ output: OutputPath) -> Bool { output.stableHash % UInt64(count) == UInt64(index) }

    /// The name of this part's manifest.
    var manifestName: String { count == 1 ? "manifest.jsonl" : "manifest-\(index)-of-\(count).jsonl" }
    /// The folder for files that are not complete yet.
    var partialName: String { count == 1 ? ".partial" : ".partial-\(index)-of-\(count)" }
}
