private import Glibc

/// How pixels are weighed when a picture is resized. Raw values are Pillow's, which `preprocessor_config.json` uses.
public enum ResamplingFilter: Int, Sendable, CaseIterable {
    /// The one pixel that is nearest; no antialiasing.
    case nearest = 0
    /// Sinc windowed by its own main lobe, three lobes wide.
    case lanczos = 1
    /// Triangle.
    case bilinear = 2
    /// Keys' cubic convolution with a = −0.5.
    case bicubic = 3
    /// All pixels under the target pixel alike.
    case box = 4
    /// Sinc in a Hamming window, one lobe wide.
    case hamming = 5

    /// Half the filter's width, in pixels of whichever of source and target has the larger ones.
    var support: Double {
        switch self {
        case .nearest, .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic: 2
        case .lanczos: 3
        }
    }

    /// The filter's weight at a distance from its centre. Expressions are ordered as in Pillow: the last bit counts.
    func weight(_ offset: Double) -> Double {
        let x = abs(offset)
        switch self {
        case .nearest, .box:
            return offset > -0.5 && offset <= 0.5 ? 1 : 0
        case .bilinear:
            return x < 1 ? 1 - x : 0
        case .hamming:
            if x == 0 { return 1 }
            if x >= 1 { return 0 }
            return sinc(x) * (Double(Float(0.54)) + Double(Float(0.46)) * cos(x * .pi))
        case .bicubic:
            let a = -0.5
            if x < 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
            if x < 2 { return (((x - 5) * x + 8) * x - 4) * a }
            return 0
        case .lanczos:
            return offset >= -3 && offset < 3 ? sinc(offset) * sinc(offset / 3) : 0
        }
    }

    private func sinc(_ x: Double) -> Double {
        if x == 0 { return 1 }
        let angle = x * .pi
        return sin(angle) / angle
    }
}
