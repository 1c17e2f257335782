/// The patches of an image, in rows and columns.
struct PatchGrid: Sendable, Hashable {
    let rows: Int
    let columns: Int

    var count: Int { rows * columns }
    /// The patches and the class token before them.
    var tokens: Int { count + 1 }
}
