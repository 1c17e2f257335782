/// Code that takes bytes from strangers, and what must hold whatever they are.
struct FuzzTarget: Sendable {
    /// Longer inputs slow mutation down and find no more.
    let maxLength: Int
    /// Runs the code on one input; a broken promise traps.
    let run: @Sendable ([UInt8]) -> Void
}

/// Traps, which libFuzzer reports together with the input, unless `condition` holds.
func require(_ condition: Bool, _ promise: @autoclosure () -> String, line: UInt = #line, file: StaticString = #file) {
    if !condition { fatalError("Broken promise: \(promise())", file: file, line: line) }
}
