import Foundation
import HTTPServer

/// A list of images as JSON Lines: an object a line, of which only `image` is required.
///
///     {"image": "a.jpg", "prompts": ["a cat", "a dog"], "output": "cats/a.png", "options": {"threshold": 0.4}}
public struct BatchList: Equatable, Sendable {
    /// A line.
    public struct Entry: Equatable, Sendable {
        /// A path, from the list's own folder if it is relative.
        public var image: String
        /// What to look for; if nil, what the whole batch looks for.
        public var prompts: [String]?
        /// Where the answer goes, below the output folder; if nil, it is named after the image.
        public var output: OutputPath?
        /// What this image has otherwise than the whole batch: names and values of options.
        public var options: WrittenParameters
        /// Where the entry is in its list, counted from 1.
        public var line: Int
    }

    /// What lines have unless they say otherwise.
    public struct Usual: Sendable {
        /// What to look for.
        var prompts: [String]
        /// How.
        var options: WrittenParameters
        /// Where paths in lines start; it ends in a slash if it is not empty.
        var folder = ""
    }

    /// The entries, in the order of the lines.
    public let entries: [Entry]

    static let maxBytes = 512 << 20
    static let maxLineBytes = 256 << 10
    private static let maxImageBytes = 4096

    /// Reads a list. Empty lines are skipped.
    ///
    /// - Parameters:
    ///   - bytes: UTF-8, at most 512 MiB, 256 KiB a line.
    ///   - name: What to call the list in errors.
    ///   - usual: What a line has unless it says otherwise.
    /// - Throws: `BatchError` with the number of the first line that is wrong.
    public init(_ bytes: [UInt8], name: String, usual: Usual) throws(BatchError) {
        guard bytes.count <= Self.maxBytes else {
            throw .list(path: name, problem: "is larger than \(Self.maxBytes) bytes: split it")
        }
        var entries: [Entry] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.allSatisfy({ " \t\r".utf8.contains($0) }) {
            do throws(Problem) {
                entries.append(try Self.entry(line, number: index + 1, usual))
            } catch {
                throw .line(list: name, line: index + 1, problem: error.text)
            }
            guard entries.count <= BatchPlan.maxImages else { throw .tooManyImages(limit: BatchPlan.maxImages) }
        }
        self.entries = entries
    }

    private struct Problem: Error {
        let text: String
    }

    private static func entry(
        _ line: ArraySlice<UInt8>, number: Int, _ usual: Usual
    ) throws(Problem) -> Entry {
        guard line.count <= maxLineBytes else { throw Problem(text: "it is longer than \(maxLineBytes) bytes") }
        let object = try object(line)
        let image = object.image
        guard !image.isEmpty, image.utf8.count <= maxImageBytes, !image.utf8.contains(0) else {
            throw Problem(text: "“image” should be a path of 1 to \(maxImageBytes) bytes")
        }
        if let prompts = object.prompts { try check(prompts) }
        let options = object.options.within(usual.folder).orElse(usual.options)
        let prompts = object.prompts ?? usual.prompts
        if !prompts.isEmpty || options.holdPrompts {
            do throws(InputError) {
                try options.validate(prompts: prompts)
            } catch {
                throw Problem(text: error.description)
            }
        }
        if let output = object.output, let problem = options.misnomer(output) {
            throw Problem(text: "“output” \(problem)")
        }
        return Entry(
            image: image, prompts: object.prompts, output: try object.output.map(outputPath), options: options,
            line: number)
    }

    private static func object(_ line: ArraySlice<UInt8>) throws(Problem) -> Object {
        do {
            let object = try JSONDecoder().decode(Object.self, from: Data(line))
            // Foundation keeps one of two members of the same name, and says nothing.
            _ = try JSONValue(parsing: Array(line))
            return object
        } catch let problem as Problem {
            throw problem
        } catch let problem as HTTPProblem {
            throw Problem(text: problem.detail)
        } catch let error as InputError {
            throw Problem(text: error.description)
        } catch DecodingError.keyNotFound(let key, _) {
            throw Problem(text: "“\(key.stringValue)” is missing")
        } catch DecodingError.typeMismatch(_, let context) where !context.codingPath.isEmpty {
            let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
            throw Problem(text: "“\(path.joined(separator: "."))” is of the wrong type")
        } catch {
            throw Problem(text: "it is no JSON object such as {\"image\": \"a.jpg\"}")
        }
    }

    private static func check(_ prompts: [String]) throws(Problem) {
        guard (1...SegmentationRequest.maxPrompts).contains(prompts.count) else {
            throw Problem(text: "“prompts” should be 1 to \(SegmentationRequest.maxPrompts) texts")
        }
        guard prompts.allSatisfy({ !$0.allSatisfy(\.isWhitespace) }) else { throw Problem(text: "a prompt is empty") }
    }

    private static func outputPath(_ text: String) throws(Problem) -> OutputPath {
        do throws(OutputPath.Problem) {
            return try OutputPath(text)
        } catch {
            throw Problem(text: "“output” \(error.text); it should be a path below the output folder")
        }
    }

    /// A line as JSON has it.
    private struct Object: Decodable {
        let image: String
        let prompts: [String]?
        let output: String?
        let options: WrittenParameters

        private enum CodingKeys: String, CodingKey, CaseIterable {
            case image, prompts, output, options
        }

        init(from decoder: any Decoder) throws {
            let known = CodingKeys.allCases.map(\.rawValue)
            let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
            if let key = keys.first(where: { !known.contains($0.stringValue) }) {
                throw Problem(
                    text: "there is no key “\(key.stringValue)”; there are: \(known.joined(separator: ", "))")
            }
            let values = try decoder.container(keyedBy: CodingKeys.self)
            image = try values.decode(String.self, forKey: .image)
            prompts = try values.decodeIfPresent([String].self, forKey: .prompts)
            output = try values.decodeIfPresent(String.self, forKey: .output)
            options = try values.decodeIfPresent(WrittenParameters.self, forKey: .options) ?? WrittenParameters()
        }
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
