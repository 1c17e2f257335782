extension FuzzTarget {
    /// A JPEG file.
    static let jpeg = FuzzTarget(maxLength: 8192) { bytes in
        // Without a start of image, nothing happens.
        decode([0xFF, 0xD8, 0xFF] + bytes.dropFirst(3))
    }
}
