import ArgumentParser
import Logging
import Segmentation

@main
struct Clipseg: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clipseg",
        abstract: "Finds in an image what a prompt describes, and answers with a mask.",
        discussion: """
            Without --model, a small demo model is used that knows drawn shapes and emoji, not photographs.

            Exit status: 0 done, 64 usage, 65 bad input, 66 no such file, 69 service unavailable, 70 internal error.
            """,
        version: clipsegVersion,
        subcommands: [
            Serve.self, Segment.self, Batch.self, Classify.self, Embed.self, Tokenize.self, Pull.self,
            Convert.self, Bench.self, HealthCheckCommand.self,
        ])

    static func main() async {
        MemoryPolicy.keepLittle()
        LoggingSystem.bootstrap(StreamLogHandler.standardError)
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            var command = try parseAsRoot(EnvironmentTwins.inserted(into: arguments))
            if let repeated = RepeatedOption(in: arguments, of: type(of: command)) { throw repeated }
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            guard let status = ExitStatus(for: error) else {
                let twins = EnvironmentTwins.used(by: arguments[...])
                if !exitCode(for: error).isSuccess, !twins.isEmpty {
                    StandardError.print("From the environment: \(twins.joined(separator: ", "))\n")
                }
                exit(withError: error)
            }
            StandardError.print("clipseg: \((error as? InputError)?.inOptions ?? "\(error)")\n")
            exit(withError: ExitCode(status.rawValue))
        }
    }
}
