import Compute
import Foundation

/// What became of an image: a line of the manifest.
public struct BatchRecord: Codable, Equatable, Sendable {
    /// Why there is no answer.
    public struct Failure: Codable, Equatable, Sendable {
        /// A stable word for programs; those of the HTTP API, `unreadable_image` and `unreadable_file`.
        public let code: String
        /// The parameter at fault, if it was one.
        public let parameter: String?
        /// What is wrong, and what to do about it.
        public let detail: String
    }

    /// Whether there is an answer.
    public enum Status: String, Codable, Sendable {
        case done, failed
    }

    /// The image's path.
    public let image: String
    /// Where the answer is, or would be, below the output folder.
    public let output: String
    /// What was looked for.
    public let prompts: [String]
    /// How.
    public let options: WrittenParameters
    /// The model's name.
    public let model: String
    /// The precision of its matrix products.
    public let precision: String
    /// Whether there is an answer.
    public let status: Status
    /// The size of the answer.
    public let bytes: Int?
    /// Why there is none.
    public let error: Failure?

    init(_ job: BatchJob, model: LoadedModel, _ outcome: Result<Int, Failure>) {
        image = job.image
        output = job.output.text
        prompts = job.prompts
        options = job.options
        self.model = model.name
        precision = model.precision.rawValue
        switch outcome {
        case .success(let count): (status, bytes, error) = (.done, count, nil)
        case .failure(let failure): (status, bytes, error) = (.failed, nil, failure)
        }
    }

    /// Whether it is about this job, done in the same way. Another precision is no other way: it may be another machine's.
    func answers(_ job: BatchJob, model: LoadedModel) -> Bool {
        image == job.image && prompts == job.prompts && options == job.options && self.model == model.name
    }

    /// As a line, with its line feed.
    func line() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(self)) + [UInt8(ascii: "\n")]
    }

    /// - Returns: nil if the bytes are no line of a manifest.
    init?(line: ArraySlice<UInt8>) {
        guard let record = try? JSONDecoder().decode(BatchRecord.self, from: Data(line)) else { return nil }
        self = record
    }
}

extension BatchRecord.Failure: Error {
    init(_ error: InputError) {
        self.init(code: error.code, parameter: error.parameter, detail: error.description)
    }

    init(_ problem: RegularFile.Problem) {
        self.init(code: "unreadable_image", parameter: "image", detail: "The image \(problem.text).")
    }

    init(_ error: NumPyFile.FormatError) {
        self.init(code: "invalid_embedding", parameter: "embedding", detail: error.description)
    }
}
