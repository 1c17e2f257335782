@testable import Segmentation

extension FuzzTarget {
    /// A boolean expression of prompts. What is read has the operands that it shows, is no deeper than allowed, and is
    /// read again the same from what describes it, with every prompt in quotation marks; a refusal names a column of the
    /// text.
    static let promptExpression = FuzzTarget(maxLength: 512) { bytes in
        let text = String(decoding: bytes, as: UTF8.self)
        let expression: PromptExpression<String>
        do throws(InputError) {
            expression = try PromptExpression(parsing: text)
        } catch {
            require(error.code == "invalid_parameter" && error.parameter == "prompt_expr", "a refusal by name")
            let column = error.description.split(separator: "column ").last?.prefix { $0 != ":" }
            let found = column.flatMap { Int($0) } ?? 0
            require((1...text.unicodeScalars.count + 1).contains(found), "a column of the text")
            return
        }
        require(!expression.operands.isEmpty, "a prompt")
        // By octets: a mark that begins a prompt may belong to the character before it in the text.
        require(expression.operands.allSatisfy { text.utf8.contains($0.utf8) }, "prompts of the text")
        require(depth(expression) <= PromptExpressionParser.maxDepth, "no deeper than allowed")
        let again = try? PromptExpression(parsing: quoted(expression))
        require(again == expression, "the same expression")
        let logits = expression.logits { [Float($0.utf8.count)] }
        require(logits.count == 1, "a plane")
    }

    private static func depth(_ expression: PromptExpression<String>) -> Int {
        switch expression {
        case .prompt: 0
        case .not(let inner): 1 + depth(inner)
        case .all(let inner), .any(let inner): inner.map(depth).max() ?? 0
        }
    }

    /// With as few parentheses as can be: they count as depth.
    private static func quoted(_ expression: PromptExpression<String>, within: Int = 0) -> String {
        let (text, binding): (String, Int) =
            switch expression {
            case .prompt(let prompt): ("\"\(prompt)\"", 3)
            case .not(let inner): ("NOT " + quoted(inner, within: 2), 2)
            case .all(let inner): (inner.map { quoted($0, within: 2) }.joined(separator: " AND "), 1)
            case .any(let inner): (inner.map { quoted($0, within: 1) }.joined(separator: " OR "), 0)
            }
        return binding < within ? "(\(text))" : text
    }
}
