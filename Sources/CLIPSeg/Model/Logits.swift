/// What the model answers: how much each pixel belongs to each prompt, before the sigmoid.
public struct Logits: Sendable, Equatable {
    /// The number of prompts.
    public let prompts: Int
    /// The height in pixels of the model's own output.
    public let height: Int
    /// The width in pixels of the model's own output.
    public let width: Int
    /// The logits, in the order prompt, row, column.
    public let values: [Float]

    /// Creates logits from `prompts × height × width` numbers.
    public init(prompts: Int, height: Int, width: Int, values: [Float]) {
        precondition(values.count == prompts * height * width, "logits of another shape")
        self.prompts = prompts
        self.height = height
        self.width = width
        self.values = values
    }

    /// The logits of one prompt, row by row.
    public func plane(_ prompt: Int) -> [Float] {
        Array(values[prompt * height * width..<(prompt + 1) * height * width])
    }
}
