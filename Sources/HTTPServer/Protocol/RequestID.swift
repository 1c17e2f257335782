/// Makes request identifiers: unique within the process and unlikely to repeat across processes. They are not secrets.
struct RequestIDGenerator {
    private var state: UInt64

    init(seed: UInt64 = .random(in: .min ... .max)) {
        state = seed
    }

    /// Sixteen hexadecimal digits.
    ///
    /// SplitMix64's output function is a bijection, so that no two states share a result.
    mutating func next() -> String {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ bits >> 27) &* 0x94D0_49BB_1331_11EB
        bits ^= bits >> 31
        return String(unsafeUninitializedCapacity: 16) { digits in
            for index in 0..<16 {
                let nibble = UInt8(truncatingIfNeeded: bits >> UInt64(60 - 4 * index)) & 0xF
                digits[index] = nibble < 10 ? 0x30 + nibble : 0x57 + nibble
            }
            return 16
        }
    }

    /// Whether a caller's identifier may be echoed and logged as it is.
    static func isSane(_ id: String) -> Bool {
        (1...128).contains(id.utf8.count)
            && id.utf8.allSatisfy { $0.isDigit || $0.isAlpha || "-_.:/+=@".utf8.contains($0) }
    }
}
