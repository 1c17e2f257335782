extension BinaryMask {
    /// The mask without its components of fewer than `minArea` pixels.
    public func removingComponents(
        smallerThan minArea: Int, connectivity: ConnectedComponents.Connectivity = .eight
    ) -> BinaryMask {
        let components = ConnectedComponents(of: self, connectivity: connectivity)
        return components.mask { components.areas[$0] >= minArea }
    }

    /// The largest component alone; of several equally large ones, the one met first.
    public func largestComponent(connectivity: ConnectedComponents.Connectivity = .eight) -> BinaryMask {
        let components = ConnectedComponents(of: self, connectivity: connectivity)
        let largest = components.largest(1).first
        return components.mask { $0 == largest }
    }

    /// The mask with its holes filled: the pixels outside it from which no way leads to the edge of the picture.
    ///
    /// - Parameters:
    ///   - maxArea: only holes of at most so many pixels are filled; all if nil.
    ///   - connectivity: how the mask hangs together. Ways through the outside are of the other kind, so that a diagonal
    ///     line that holds a mask together does not let a way through.
    public func fillingHoles(
        upTo maxArea: Int? = nil, connectivity: ConnectedComponents.Connectivity = .eight
    ) -> BinaryMask {
        let outside = ConnectedComponents(of: self, value: 0, connectivity: connectivity == .eight ? .four : .eight)
        let touchesEdge = outside.touchesEdge
        let limit = maxArea ?? .max
        return union(outside.mask { !touchesEdge[$0] && outside.areas[$0] <= limit })
    }
}
