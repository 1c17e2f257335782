/// The connected components of a mask, found from its runs with a disjoint-set forest (Rosenfeld & Pfaltz 1966): in time
/// that is all but linear in the pixels, and in memory that grows with the runs: 8 bytes a pixel for the worst of noise.
///
/// Components are numbered from 0 in the order in which their first pixels are met, row by row from the top left.
public struct ConnectedComponents: Sendable {
    /// Which of the neighbours of a pixel it hangs together with.
    public enum Connectivity: Sendable {
        /// Those beside, above and below.
        case four
        /// These, and the diagonal ones.
        case eight
    }

    /// The number of pixels of each component.
    public let areas: [Int]
    private let runs: [ComponentRun]
    private let size: ImageSize

    /// Finds the components of a mask.
    ///
    /// - Precondition: the mask has fewer than 2³¹ pixels.
    public init(of mask: BinaryMask, connectivity: Connectivity = .eight) {
        self.init(of: mask, value: 1, connectivity: connectivity)
    }

    /// Finds the components of the pixels of a value: 1 for those of the mask, 0 for the others.
    init(of mask: BinaryMask, value: UInt8, connectivity: Connectivity) {
        precondition(mask.values.count <= Int32.max, "32 bits are enough to number the runs")
        size = ImageSize(width: mask.width, height: mask.height)
        var forest = RunForest(reach: connectivity == .eight ? 1 : 0)
        mask.forEachRun(of: value) { forest.add($0) }
        (runs, areas) = forest.components()
    }

    /// The number of components.
    public var count: Int { areas.count }

    /// The pixels of the components with the given property.
    public func mask(where isIncluded: (_ component: Int) -> Bool) -> BinaryMask {
        let included = areas.indices.map(isIncluded)
        return BinaryMask(width: size.width, height: size.height) { pixels in
            pixels.initialize(repeating: 0)
            for run in runs where included[Int(run.component)] {
                let start = Int(run.row) * size.width
                pixels[start + Int(run.start)..<start + Int(run.end)].update(repeating: 1)
            }
        }
    }

    /// The numbers of the largest components, the largest first; of those of equal area, the first.
    public func largest(_ limit: Int) -> [Int] {
        Array(areas.indices.sorted { (areas[$1], $0) < (areas[$0], $1) }.prefix(limit))
    }

    /// The statistics of some components, in the order asked for. Noise can have millions of components: ask for the
    /// ``largest(_:)``.
    ///
    /// - Parameters:
    ///   - components: their numbers, each once.
    ///   - values: the numbers to take the mean and the peak of, probabilities for instance.
    /// - Precondition: `values` have the mask's size.
    public func statistics(of components: [Int], values: FloatPlane? = nil) -> [RegionStatistics] {
        var places = [Int32](repeating: -1, count: count)
        for (place, component) in components.enumerated() { places[component] = Int32(place) }
        var regions = [RegionAccumulator](repeating: RegionAccumulator(), count: components.count)
        for run in runs {
            let place = Int(places[Int(run.component)])
            guard place >= 0 else { continue }
            regions[place].add(
                PixelRun(row: Int(run.row), start: Int(run.start), end: Int(run.end)), values: values)
        }
        return regions.compactMap(\.statistics)
    }

    /// For each component, whether it has a pixel at the edge of the picture.
    var touchesEdge: [Bool] {
        var touches = [Bool](repeating: false, count: count)
        for run in runs
        where run.row == 0 || Int(run.row) == size.height - 1 || run.start == 0 || Int(run.end) == size.width {
            touches[Int(run.component)] = true
        }
        return touches
    }
}

private struct ComponentRun {
    let row: Int32
    let start: Int32
    let end: Int32
    /// While components are being found, a run earlier in the same one, or the run itself.
    var component: Int32
}

/// Runs on their way to components: each points to an earlier one that it hangs together with.
private struct RunForest {
    /// How many columns a run may be away from one in the row above, and still touch it.
    let reach: Int32
    private var runs: [ComponentRun] = []
    private var thisRow: Range<Int> = 0..<0
    private var rowAbove: Range<Int> = 0..<0

    init(reach: Int32) { self.reach = reach }

    mutating func add(_ run: PixelRun) {
        let number = runs.count
        startRow(of: run)
        let added = ComponentRun(
            row: Int32(run.row), start: Int32(run.start), end: Int32(run.end), component: Int32(number))
        runs.append(added)
        thisRow = thisRow.lowerBound..<number + 1

        // What lies to the left of this run touches none of the later ones either.
        while let above = rowAbove.first, runs[above].end + reach <= added.start { rowAbove.removeFirst() }
        for above in rowAbove {
            guard runs[above].start < added.end + reach else { break }
            unite(number, above)
        }
    }

    private mutating func startRow(of run: PixelRun) {
        guard let last = runs.last, last.row != run.row else { return }
        rowAbove = Int(last.row) == run.row - 1 ? thisRow : 0..<0
        thisRow = runs.count..<runs.count
    }

    private mutating func unite(_ first: Int, _ second: Int) {
        let (one, other) = (root(of: first), root(of: second))
        runs[max(one, other)].component = Int32(min(one, other))
    }

    /// The earliest run known to hang together with this one. Shortens the way there by half.
    private mutating func root(of run: Int) -> Int {
        var run = run
        while Int(runs[run].component) != run {
            let next = Int(runs[run].component)
            runs[run].component = runs[next].component
            run = Int(runs[run].component)
        }
        return run
    }

    /// The runs with the numbers of their components, and the areas of these.
    consuming func components() -> ([ComponentRun], areas: [Int]) {
        var areas: [Int] = []
        for index in runs.indices {
            let earlier = Int(runs[index].component)
            // Earlier runs have their final numbers already.
            if earlier == index {
                runs[index].component = Int32(areas.count)
                areas.append(0)
            } else {
                runs[index].component = runs[earlier].component
            }
            areas[Int(runs[index].component)] += Int(runs[index].end - runs[index].start)
        }
        return (runs, areas)
    }
}

extension Range<Int> {
    fileprivate mutating func removeFirst() { self = lowerBound + 1..<upperBound }
}
