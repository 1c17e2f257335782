/// The bytes of a "raw profile", ImageMagick's way to keep EXIF in a PNG text chunk: an empty line, the profile's name,
/// its length in decimal, and then its bytes in hexadecimal, broken into lines.
///
/// - Returns: `nil` if the text is anything else.
func rawProfile(_ text: [UInt8]) -> [UInt8]? {
    let lines = text.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
    guard lines.count == 4 else { return nil }

    var bytes: [UInt8] = []
    bytes.reserveCapacity(lines[3].count / 2)
    var high: UInt8?
    for character in lines[3] where character != UInt8(ascii: "\n") {
        guard let digit = hexadecimalValue(character) else { return nil }
        if let first = high {
            bytes.append(first << 4 | digit)
            high = nil
        } else {
            high = digit
        }
    }
    return high == nil ? bytes : nil
}

private func hexadecimalValue(_ character: UInt8) -> UInt8? {
    switch character {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
    default: nil
    }
}
