import ArgumentParser

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Gives every flag of `serve` a twin in the environment: `CLIPSEG_MAX_QUEUE=8` stands for `--max-queue 8`.
///
/// The twins are put before the flags of the command line, so that the latter win.
enum EnvironmentTwins {
    static func inserted(
        into arguments: [String],
        environment: (String) -> String? = { name in getenv(name).map { String(cString: $0) } }
    ) -> [String] {
        guard arguments.first == Serve.configuration.commandName else { return arguments }
        let twins = Serve.flags.flatMap { flag -> [String] in
            guard let value = environment(name(of: flag)), !value.isEmpty else { return [] }
            return ["--\(flag)=\(value)"]
        }
        return arguments.prefix(1) + twins + arguments.dropFirst()
    }

    /// `max-queue` becomes `CLIPSEG_MAX_QUEUE`.
    static func name(of flag: String) -> String {
        "CLIPSEG_" + flag.uppercased().split(separator: "-").joined(separator: "_")
    }

    /// The long flags of some options, read off their declarations: `maxQueue` becomes `max-queue`.
    static func flags(of options: any ParsableArguments) -> [String] {
        Mirror(reflecting: options).children.compactMap { child in
            // Property wrappers store what they wrap under a name with an underscore.
            guard let label = child.label, label.hasPrefix("_") else { return nil }
            return label.dropFirst().reduce(into: "") { flag, character in
                flag += character.isUppercase ? "-" + character.lowercased() : String(character)
            }
        }
    }
}
