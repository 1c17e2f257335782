/// Colours for numbers from 0 to 1.
public enum Colormap: String, Sendable, CaseIterable {
    /// matplotlib's default: from dark violet over green to yellow, equally spaced to the eye and to the colour-blind.
    case viridis
    /// From black over purple to pale yellow.
    case magma
    /// From black over red to pale yellow.
    case inferno
    /// From blue over red to yellow.
    case plasma
    /// All colours of the rainbow, smoothly.
    case turbo
    /// The rainbow that old programs have; its bands are edges where the numbers have none.
    case jet
    /// From black to white.
    case grey

    /// The colours of 0/255, 1/255, … 255/255.
    public var colors: [RGBColor] {
        let knots = knots
        return (0...255).map { number in
            let (knot, rest) = (number * (knots.count - 1)).quotientAndRemainder(dividingBy: 255)
            let (first, second) = (knots[knot], knots[min(knot + 1, knots.count - 1)])
            func mix(_ one: UInt8, _ other: UInt8) -> UInt8 {
                UInt8((Int(one) * (255 - rest) + Int(other) * rest + 127) / 255)
            }
            return RGBColor(
                red: mix(first.red, second.red), green: mix(first.green, second.green),
                blue: mix(first.blue, second.blue))
        }
    }

    /// Colours at equal distances, between which those of the published tables of 256 lie on straight lines but for three
    /// steps of 255.
    private var knots: [RGBColor] {
        switch self {
        case .viridis: Self.viridisKnots.map(RGBColor.init(hex:))
        case .magma: Self.magmaKnots.map(RGBColor.init(hex:))
        case .inferno: Self.infernoKnots.map(RGBColor.init(hex:))
        case .plasma: Self.plasmaKnots.map(RGBColor.init(hex:))
        case .turbo: Self.turboKnots.map(RGBColor.init(hex:))
        case .jet: Self.jetKnots.map(RGBColor.init(hex:))
        case .grey: [RGBColor(hex: 0x000000), RGBColor(hex: 0xFFFFFF)]
        }
    }
}
