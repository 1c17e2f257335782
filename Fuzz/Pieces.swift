/// Ways to feed `input` that must make no difference: whole, in two parts, byte by byte.
///
/// Where it is cut in two depends on all of it, so that mutation tries many places and an input still tells all.
func waysToFeed(_ input: [UInt8]) -> [[ArraySlice<UInt8>]] {
    let hash = input.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
    let cut = Int((hash >> 16) % UInt64(input.count + 1))
    return [[input[...]], [input[..<cut], input[cut...]], input.indices.map { input[$0...$0] }]
}

/// Whether all elements are the same.
func allEqual<Element: Equatable>(_ elements: [Element]) -> Bool {
    elements.dropFirst().allSatisfy { $0 == elements[0] }
}
