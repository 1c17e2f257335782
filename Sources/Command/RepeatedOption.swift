import ArgumentParser

/// An option that can be given once and is given again, of which the argument parser would take the last.
struct RepeatedOption: Error, CustomStringConvertible {
    private let name: String

    var description: String { "--\(name) is given more than once. Give it once." }

    /// Finds the first; nil if there is none.
    ///
    /// - Parameters:
    ///   - arguments: What was typed, without twins from the environment: those may be overridden.
    ///   - command: What it was understood as. What it did not understand must have been refused, so that whatever looks
    ///     like an option is one.
    init?(in arguments: some Sequence<String>, of command: any ParsableCommand.Type) {
        // Where help is asked for, that is what was understood, and nothing else counts.
        guard Clipseg.configuration.subcommands.contains(where: { $0 == command }) else { return nil }
        // Those that are lists see for themselves whether they hold too much.
        let lists = Set(DeclaredOptions.names(of: command) { $0 is Option<[String]> })
        var seen: Set<String> = []
        let names = arguments.prefix { $0 != "--" }.compactMap(Self.name)
        guard let name = names.first(where: { !lists.contains($0) && !seen.insert($0).inserted }) else { return nil }
        self.name = name
    }

    /// `threshold` for `--threshold` and `--threshold=0.4`; nil for what is no option.
    private static func name(of argument: String) -> String? {
        let option = argument.prefix { $0 != "=" }
        // No other option has a short name.
        if option == "-o" { return "output" }
        return option.hasPrefix("--") ? String(option.dropFirst(2)) : nil
    }
}
