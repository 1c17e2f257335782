extension Contour {
    /// The contour with fewer points: a line through some of them that passes within `tolerance` pixels of all the others
    /// (D. Douglas, T. Peucker, 1973). Nil if less than a triangle is left.
    ///
    /// The worst of lines take the algorithm time that grows with the square of their points; so a line of more than some
    /// thousands is cut into pieces of that many, whose ends stay.
    ///
    /// - Precondition: `tolerance` is not negative.
    public func simplified(tolerance: Double) -> Contour? {
        precondition(tolerance >= 0, "a tolerance is not negative")
        guard let far = points.indices.max(by: { distance(0, $0) < distance(0, $1) }), far > 0 else { return nil }
        var isKept = [Bool](repeating: false, count: points.count)
        // The first point stands for the end of the ring too.
        var pieces = Self.pieces(0, far) + Self.pieces(far, points.count)
        for piece in pieces { isKept[piece.lowerBound] = true }
        let limit = tolerance * tolerance
        while let piece = pieces.popLast() {
            guard let farthest = farthest(in: piece), farthest.square > limit else { continue }
            isKept[farthest.index] = true
            pieces.append(piece.lowerBound..<farthest.index)
            pieces.append(farthest.index..<piece.upperBound)
        }
        let kept = points.indices.filter { isKept[$0] }.map { points[$0] }
        return kept.count < 3 ? nil : Contour(points: kept)
    }

    private static let longestPiece = 4096

    private static func pieces(_ start: Int, _ end: Int) -> [Range<Int>] {
        stride(from: start, to: end, by: longestPiece).map { $0..<min($0 + longestPiece, end) }
    }

    private func distance(_ one: Int, _ other: Int) -> Int {
        let (dx, dy) = (points[one].x - points[other].x, points[one].y - points[other].y)
        return dx * dx + dy * dy
    }

    /// The point between the ends of a piece that is farthest from the line between them, and the square of its distance.
    private func farthest(in piece: Range<Int>) -> (index: Int, square: Double)? {
        let (start, end) = (points[piece.lowerBound], points[piece.upperBound % points.count])
        let (dx, dy) = (Double(end.x - start.x), Double(end.y - start.y))
        let length = dx * dx + dy * dy
        var farthest: (index: Int, square: Double)?
        for index in piece.dropFirst() {
            let (px, py) = (Double(points[index].x - start.x), Double(points[index].y - start.y))
            // To the segment, not to the line through it: the ends of a ring's piece may be close together.
            let along = length == 0 ? 0 : min(max((px * dx + py * dy) / length, 0), 1)
            let (ox, oy) = (px - along * dx, py - along * dy)
            let square = ox * ox + oy * oy
            if square > farthest?.square ?? -1 { farthest = (index, square) }
        }
        return farthest
    }
}
