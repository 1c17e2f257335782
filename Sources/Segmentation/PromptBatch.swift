import CLIPSeg

/// The prompts of some requests, each different one once.
struct PromptBatch {
    private(set) var prompts: [PreparedRequest.Prompt] = []
    private var numbers: [PreparedRequest.Prompt: Int] = [:]

    init(_ requests: some Sequence<ModelQuestion>) {
        for prompt in requests.lazy.flatMap(\.prompts) where numbers[prompt] == nil {
            numbers[prompt] = prompts.count
            prompts.append(prompt)
        }
    }

    /// Where each of `others` is in the batch; those that are not are left out.
    func numbers(of others: [PreparedRequest.Prompt]) -> [Int] { others.compactMap { numbers[$0] } }

    /// One request's part of the logits of the batch; nil if its prompts are not among them.
    func logits(of request: ModelQuestion, in logits: Logits) -> Logits? {
        let planes = numbers(of: request.prompts)
        guard planes.count == request.prompts.count else { return nil }
        guard planes != Array(0..<logits.prompts) else { return logits }
        return Logits(
            prompts: planes.count, height: logits.height, width: logits.width, values: planes.flatMap(logits.plane))
    }
}
