import Imaging

/// How well the edges of a mask agree with the true ones: precision and recall of the pixels at its boundary, where those at
/// most `tolerance` pixels away from the other boundary count as right (G. Csurka et al.: What is a good evaluation measure
/// for semantic segmentation?, 2013), and their harmonic mean.
func boundaryScore(_ mask: BinaryMask, _ truth: BinaryMask, tolerance: Double = 2) -> Double {
    let (found, real) = (boundary(of: mask), boundary(of: truth))
    guard !found.isEmpty, !real.isEmpty else { return found.isEmpty == real.isEmpty ? 1 : 0 }
    let precision = Double(found.intersection(real.grown(by: tolerance)).area) / Double(found.area)
    let recall = Double(real.intersection(found.grown(by: tolerance)).area) / Double(real.area)
    return precision + recall == 0 ? 0 : 2 * precision * recall / (precision + recall)
}

/// The pixels of the mask beside, above or below others.
private func boundary(of mask: BinaryMask) -> BinaryMask {
    mask.subtracting(mask.shrunk(by: 1))
}
