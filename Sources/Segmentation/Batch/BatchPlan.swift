import Glibc

/// What a batch is to do: an image, what to look for in it, and where the answer goes.
public struct BatchJob: Equatable, Sendable {
    /// The path of a PNG or JPEG file.
    public var image: String
    /// Where the answer goes, below the output folder.
    public var output: OutputPath
    /// What to look for.
    public var prompts: [String]
    /// How.
    public var options: WrittenParameters
}

/// Everything that a batch, or a part of it, is to do.
public struct BatchPlan: Sendable {
    /// The jobs, each with an output of its own.
    public let jobs: [BatchJob]

    /// More images than this would take too much memory to list.
    static let maxImages = 1_000_000
    private static let listExtensions = [".jsonl", ".ndjson"]

    /// Lists the work.
    ///
    /// - Parameters:
    ///   - inputs: Folders, images, and lists, which are told by `.jsonl` or `.ndjson`; `-` is a list on standard input.
    ///   - prompts: What to look for in images whose list does not say.
    ///   - options: The same for how.
    ///   - output: Where answers will go. It is skipped should it be within a folder of the input.
    ///   - shard: Which part of the work is meant.
    /// - Throws: `BatchError`, also if a part has nothing to do because the whole has not.
    public init(
        inputs: [String], prompts: [String], options: WrittenParameters, output: String, shard: BatchShard = .whole
    ) throws(BatchError) {
        var all = Builder(prompts: prompts, options: options, output: FileIdentity(path: output))
        for input in inputs { try all.add(input) }
        guard !all.jobs.isEmpty else { throw .nothingToDo }
        jobs = all.jobs.filter { shard.holds($0.output) }
    }

    private struct Builder {
        let prompts: [String]
        let options: WrittenParameters
        let output: FileIdentity?
        private var areOptionsValid = false
        var jobs: [BatchJob] = []
        private var byOutput: [OutputPath: Int] = [:]

        init(prompts: [String], options: WrittenParameters, output: FileIdentity?) {
            self.prompts = prompts
            self.options = options
            self.output = output
        }

        mutating func add(_ input: String) throws(BatchError) {
            if input == "-" {
                try addList(
                    reading("standard input") { () throws(RegularFile.Problem) in
                        try RegularFile.read(STDIN_FILENO, limit: BatchList.maxBytes)
                    }, name: "standard input", folder: "")
            } else if FileIdentity.isFolder(input) {
                for path in try ImageFolder.images(in: input, except: output) {
                    try add(input.droppingLastSlash + "/" + path, named: path)
                }
            } else if !FileIdentity.isRegular(input) {
                throw .noSuchInput(path: input)
            } else if BatchPlan.listExtensions.contains(where: { input.lowercased().hasSuffix($0) }) {
                let bytes = try reading(input) { () throws(RegularFile.Problem) in
                    try RegularFile.read(input, limit: BatchList.maxBytes)
                }
                try addList(bytes, name: input, folder: input.lastIndex(of: "/").map { String(input[...$0]) } ?? "")
            } else {
                try add(input, named: input.split(separator: "/").last.map(String.init) ?? input)
            }
        }

        private func reading(
            _ path: String, _ read: () throws(RegularFile.Problem) -> [UInt8]
        ) throws(BatchError) -> [UInt8] {
            do throws(RegularFile.Problem) {
                return try read()
            } catch {
                throw .unreadable(path: path, reason: "it \(error.text)")
            }
        }

        private mutating func addList(_ bytes: [UInt8], name: String, folder: String) throws(BatchError) {
            let usual = BatchList.Usual(prompts: prompts, options: options, folder: folder)
            for entry in try BatchList(bytes, name: name, usual: usual).entries {
                let image = entry.image.hasPrefix("/") ? entry.image : folder + entry.image
                do throws(BatchError) {
                    try add(image, named: entry.image, entry.prompts, entry.options, at: entry.output)
                } catch {
                    throw .line(list: name, line: entry.line, problem: error.description)
                }
            }
        }

        /// - Parameter name: What the answer is named after.
        private mutating func add(
            _ image: String, named name: String, _ ownPrompts: [String]? = nil, _ ownOptions: WrittenParameters? = nil,
            at ownOutput: OutputPath? = nil
        ) throws(BatchError) {
            let options = ownOptions ?? self.options
            let prompts = ownPrompts ?? self.prompts
            guard !prompts.isEmpty || options.holdPrompts else { throw .noPrompts(image: image) }
            if ownOptions == nil { try validateOptions() }
            let output: OutputPath
            do throws(OutputPath.Problem) {
                output =
                    if let ownOutput { ownOutput } else { try OutputPath(for: name, extension: options.fileExtension) }
            } catch {
                throw .output(image: image, problem: error.text)
            }
            if let other = byOutput.updateValue(jobs.count, forKey: output) {
                throw .sameOutput(output: output.text, first: jobs[other].image, second: image)
            }
            guard jobs.count < BatchPlan.maxImages else { throw .tooManyImages(limit: BatchPlan.maxImages) }
            jobs.append(BatchJob(image: image, output: output, prompts: prompts, options: options))
        }

        /// Those of the whole batch, once.
        private mutating func validateOptions() throws(BatchError) {
            guard !areOptionsValid else { return }
            do throws(InputError) {
                try options.validate(prompts: prompts)
            } catch {
                throw .options(problem: error.description)
            }
            for path in options.files where RegularFile.size(path) == nil { throw .noSuchInput(path: path) }
            areOptionsValid = true
        }
    }
}

extension String {
    fileprivate var droppingLastSlash: String { count > 1 && hasSuffix("/") ? String(dropLast()) : self }
}
