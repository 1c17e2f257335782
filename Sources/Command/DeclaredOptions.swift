import ArgumentParser

/// The options of a command, read off their declarations.
enum DeclaredOptions {
    /// The long names of those that are wanted, the groups' among them: `maxQueue` becomes `max-queue`.
    static func names(
        of options: any ParsableArguments.Type, where isWanted: (Any) -> Bool = { _ in true }
    ) -> [String] {
        Mirror(reflecting: options.init()).children.flatMap { child -> [String] in
            if let group = child.value as? any DeclaredGroup { return names(of: group.options, where: isWanted) }
            // Property wrappers store what they wrap under a name with an underscore.
            guard let label = child.label, label.hasPrefix("_"), isWanted(child.value) else { return [] }
            let name = label.dropFirst().reduce(into: "") { name, character in
                name += character.isUppercase ? "-" + character.lowercased() : String(character)
            }
            return [name]
        }
    }
}

private protocol DeclaredGroup {
    var options: any ParsableArguments.Type { get }
}

extension OptionGroup: DeclaredGroup {
    fileprivate var options: any ParsableArguments.Type { Value.self }
}
