// How texts write numbers.
extension Double {
    /// A finite number in decimal, such as `0.5`, `-1` or `2e-3`. What only Swift takes for one, such as hexadecimal digits,
    /// is none.
    public init?(decimal text: String) {
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
            let number = Double(text), number.isFinite
        else { return nil }
        self = number
    }

    /// Without a fraction where there is none.
    public var shortText: String { Int(exactly: self).map { "\($0)" } ?? "\(self)" }
}
