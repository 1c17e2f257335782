import Foundation

/// What the program says of its options, for programs to read.
struct CommandHelp: Decodable {
    struct Command: Decodable {
        let arguments: [Argument]
    }

    struct Argument: Decodable {
        struct Name: Decodable {
            let name: String
        }

        let abstract: String?
        let kind: String
        let isRepeating: Bool
        let names: [Name]?
        let sectionTitle: String?
        let valueName: String?

        /// An option's name, or what an argument is called.
        var name: String? { names?.first?.name ?? valueName }
    }

    private let command: Command

    /// The arguments and options of a command.
    static func arguments(of command: String) async throws -> [Argument] {
        let outcome = try await Program.run(command, "--experimental-dump-help")
        return try JSONDecoder().decode(CommandHelp.self, from: outcome.output).command.arguments
    }
}
