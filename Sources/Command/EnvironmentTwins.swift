import ArgumentParser
import Glibc

/// Gives every flag of `serve` a twin in the environment: `CLIPSEG_MAX_QUEUE=8` stands for `--max-queue 8`.
///
/// The twins are put before the flags of the command line, so that the latter win.
enum EnvironmentTwins {
    static func inserted(into arguments: [String]) -> [String] {
        let twins = twins(for: arguments[...]).compactMap { twin -> String? in
            guard Serve.switches.contains(twin.flag) else { return "--\(twin.flag)=\(twin.value)" }
            return ["0", "false", "no"].contains(twin.value.lowercased()) ? nil : "--\(twin.flag)"
        }
        return arguments.prefix(1) + twins + arguments.dropFirst()
    }

    /// The variables that stand for flags, for a person who wonders where a wrong value comes from. Not the values that may
    /// hold a password, as addresses do.
    static func used(by arguments: ArraySlice<String>) -> [String] {
        twins(for: arguments).map { twin in
            "\(name(of: twin.flag))=" + (twin.value.utf8.contains(UInt8(ascii: "@")) ? "…" : twin.value)
        }
    }

    private static func twins(for arguments: ArraySlice<String>) -> [(flag: String, value: String)] {
        let asksForHelp = arguments.contains("--help") || arguments.contains("-h")
        guard arguments.first == Serve.configuration.commandName, !asksForHelp else { return [] }
        return Serve.flags.compactMap { flag in
            guard let value = getenv(name(of: flag)).map({ String(cString: $0) }), !value.isEmpty else { return nil }
            return (flag, value)
        }
    }

    /// `max-queue` becomes `CLIPSEG_MAX_QUEUE`.
    private static func name(of flag: String) -> String {
        "CLIPSEG_" + flag.uppercased().split(separator: "-").joined(separator: "_")
    }
}
