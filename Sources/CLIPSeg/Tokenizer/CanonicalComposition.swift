// `_nfc` is not public API of the standard library. It is used all the same because the public way,
// Foundation's `precomposedStringWithCanonicalMapping`, links all of Foundation and its ICU data into a static
// executable: 70 MB instead of 9 MB. This file is the only one that would change.
@_spi(_Unicode) import Swift

/// Normalization Form C (Unicode Standard Annex 15) as of Unicode 9, the version the reference knows.
///
/// Characters of later versions neither move nor combine there. Such a character splits the text for composition: what
/// stands before and after it is composed apart.
func canonicallyComposed(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
    // All below U+0300, the first combining mark, is composed already.
    guard text.contains(where: { $0.value >= 0x300 }) else { return Array(text) }

    var composed: [Unicode.Scalar] = []
    composed.reserveCapacity(text.count)
    for run in text.split(omittingEmptySubsequences: false, whereSeparator: isInertInUnicode9) {
        composed.append(contentsOf: String(String.UnicodeScalarView(canonicallyOrdered(run)))._nfc)
        if run.endIndex < text.endIndex { composed.append(text[run.endIndex]) }
    }
    return composed
}

private func isInertInUnicode9(_ scalar: Unicode.Scalar) -> Bool {
    guard scalar.value >= 0x300 else { return false }
    // U+0EBA is older, but became a mark that takes part in ordering only in Unicode 12.
    if scalar == "\u{0EBA}" { return true }
    guard let age = scalar.properties.age else { return true }
    return age > (9, 0)
}

/// Puts combining marks in canonical order, which `_nfc` does too, but in time quadratic in their number and without
/// moving marks past the three Tibetan vowel signs that are no marks themselves, but decompose into some.
private func canonicallyOrdered(_ text: ArraySlice<Unicode.Scalar>) -> [Unicode.Scalar] {
    var ordered: [Unicode.Scalar] = []
    ordered.reserveCapacity(text.count)
    var marks: [(scalar: Unicode.Scalar, combiningClass: UInt8)] = []
    func flushMarks() {
        if marks.count > 1 { marks.sort { $0.combiningClass < $1.combiningClass } }
        ordered.append(contentsOf: marks.lazy.map(\.scalar))
        marks.removeAll(keepingCapacity: true)
    }
    for scalar in text.lazy.flatMap(tibetanVowelSignsDecomposed) {
        let combiningClass = scalar.properties.canonicalCombiningClass.rawValue
        if combiningClass == 0 {
            flushMarks()
            ordered.append(scalar)
        } else {
            marks.append((scalar, combiningClass))
        }
    }
    flushMarks()
    return ordered
}

private func tibetanVowelSignsDecomposed(_ scalar: Unicode.Scalar) -> [Unicode.Scalar] {
    switch scalar {
    case "\u{0F73}": ["\u{0F71}", "\u{0F72}"]
    case "\u{0F75}": ["\u{0F71}", "\u{0F74}"]
    case "\u{0F81}": ["\u{0F71}", "\u{0F80}"]
    default: [scalar]
    }
}
