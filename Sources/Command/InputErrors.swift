import Segmentation

extension InputError {
    /// What is wrong, in terms of the program's options instead of the API's parameters.
    var inOptions: String {
        let text = description.split(separator: " ", omittingEmptySubsequences: false).map(Self.inOptions)
            .joined(separator: " ")
        guard let option = Self.option(parameter[...]), !text.hasPrefix(option.name + " ") else { return text }
        return "\(option.name): \(text)"
    }

    /// The same error, about a file by its path.
    ///
    /// - Parameter files: The paths that were given for each parameter.
    func naming(_ files: [String: [String]]) -> InputError {
        let paths = files[parameter] ?? []
        let index = (number ?? 1) - 1
        guard paths.indices.contains(index) else { return self }
        return InputError(kind, code: code, parameter: parameter, "\(paths[index]): \(problem)")
    }

    /// “some_name” and some_name=value as options; other words as they are.
    private static func inOptions(_ word: Substring) -> String {
        if word.first == "“", let end = word.firstIndex(of: "”"), let option = option(word[..<end].dropFirst()) {
            return option.name + word[end...].dropFirst()
        }
        guard let sign = word.firstIndex(of: "="), let option = option(word[..<sign]) else { return String(word) }
        let value = word[sign...].dropFirst()
        return option.isFlag && value.hasPrefix("true")
            ? option.name + value.dropFirst("true".count) : "\(option.name) \(value)"
    }

    /// Nil for what is no option; prompts in words are arguments.
    private static func option(_ parameter: Substring) -> (name: String, isFlag: Bool)? {
        guard parameter != "prompt", let known = SegmentationParameters.all.first(where: { $0.name == parameter })
        else {
            return nil
        }
        return ("--" + known.name.optionName, known.kind == .flag)
    }
}
