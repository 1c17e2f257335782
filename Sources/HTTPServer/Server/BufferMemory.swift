/// What the bodies and answers of all connections take, and what one of them may take of it.
struct BufferMemory {
    /// What a connection may hold whatever the others do: about what a header may take, which is not counted. Whoever asks
    /// for little, or is told that there is no memory, is not to suffer from those who want much.
    static let alwaysAllowed = 16 * 1024

    private let limit: Int
    private(set) var used = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// A connection, or a handler, has come to hold so much more, or less.
    mutating func add(_ bytes: Int) { used += bytes }

    /// How much a connection that holds `held` may hold in all. Where nobody else holds anything that is as much as it wants:
    /// a single body or answer has other bounds, and would be refused whenever it came.
    func allowance(holding held: Int) -> Int {
        used == held ? .max : max(held + limit - used, Self.alwaysAllowed)
    }
}
