import Glibc

/// The file that tells what became of each image, a line each, written as they are done.
///
/// Whoever writes it holds a lock on it. A process that is killed can leave a torn last line, which is cut off when the
/// batch is run again.
final class BatchManifest: Sendable {
    private let path: String
    private let descriptor: Int32
    /// An earlier file that has been replaced, whose lock keeps out who opened it before.
    private let replaced: Int32?

    /// Opens the manifest of a part of a batch, and says what is left to do.
    ///
    /// Lines about outputs that have to be made anew are dropped: those of jobs that changed, of answers that are not there
    /// as they were, and with `retryFailed` of failures. Lines about other images stay.
    ///
    /// - Returns: the manifest, and what it says of each job already.
    static func resume(
        _ jobs: [BatchJob], in folder: OutputFolder, for shard: BatchShard, model: LoadedModel, retryFailed: Bool
    ) throws(BatchError) -> (manifest: BatchManifest, known: [BatchRecord.Status?]) {
        let path = folder.path + "/" + shard.manifestName
        let descriptor = try locked(open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666), path)
        do throws(BatchError) {
            let bytes = try contents(descriptor, path)
            let indices = Dictionary(uniqueKeysWithValues: zip(jobs.map { Array($0.output.text.utf8) }, jobs.indices))
            var known = [BatchRecord.Status?](repeating: nil, count: jobs.count)
            var kept: [UInt8] = []
            kept.reserveCapacity(bytes.count)
            for (number, line) in bytes.split(separator: UInt8(ascii: "\n")).enumerated() {
                guard let record = BatchRecord(line: line) else {
                    // The last line may be torn, and is then without its end.
                    if line.endIndex == bytes.endIndex { break }
                    throw .line(
                        list: path, line: number + 1,
                        problem: "this is no line of a manifest: choose another output folder")
                }
                if let index = indices[Array(record.output.utf8)] {
                    let isKept =
                        known[index] == nil && record.answers(jobs[index], model: model)
                        && isIntact(record, jobs[index], folder, retryFailed)
                    guard isKept else { continue }
                    known[index] = record.status
                }
                kept += line + [UInt8(ascii: "\n")]
            }
            guard kept != bytes else { return (BatchManifest(path, descriptor), known) }
            return (try replacing(path, descriptor, with: kept), known)
        } catch {
            close(descriptor)
            throw error
        }
    }

    private init(_ path: String, _ descriptor: Int32, replacing replaced: Int32? = nil) {
        self.path = path
        self.descriptor = descriptor
        self.replaced = replaced
    }

    deinit {
        close(descriptor)
        if let replaced { close(replaced) }
    }

    private static func isIntact(
        _ record: BatchRecord, _ job: BatchJob, _ folder: OutputFolder, _ retryFailed: Bool
    ) -> Bool {
        switch record.status {
        case .failed: !retryFailed
        case .done: record.bytes != nil && RegularFile.size(folder.location(of: job.output)) == record.bytes
        }
    }

    private static func locked(_ descriptor: Int32, _ path: String) throws(BatchError) -> Int32 {
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastError()) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let isBusy = errno == EWOULDBLOCK
            let reason = lastError()
            close(descriptor)
            throw isBusy ? .busy(manifest: path) : .unwritable(path: path, reason: "it can't be locked: \(reason)")
        }
        return descriptor
    }

    private static func contents(_ descriptor: Int32, _ path: String) throws(BatchError) -> [UInt8] {
        do throws(RegularFile.Problem) {
            return try RegularFile.read(descriptor, limit: .max)
        } catch {
            throw .unreadable(path: path, reason: "it \(error.text)")
        }
    }

    private static func replacing(
        _ path: String, _ descriptor: Int32, with bytes: [UInt8]
    ) throws(BatchError) -> BatchManifest {
        let draft = path + ".new"
        let flags = O_RDWR | O_CREAT | O_TRUNC | O_APPEND | O_NOFOLLOW | O_CLOEXEC
        let successor = try locked(open(draft, flags, 0o666), draft)
        do throws(RegularFile.Problem) {
            try RegularFile.write(bytes, to: successor)
            guard fsync(successor) == 0, rename(draft, path) == 0 else {
                throw RegularFile.Problem(text: lastError())
            }
        } catch {
            close(successor)
            unlink(draft)
            throw .unwritable(path: path, reason: error.text)
        }
        return BatchManifest(path, successor, replacing: descriptor)
    }

    /// Adds a line.
    func append(_ record: BatchRecord) throws {
        let line = try record.line()
        try reporting { () throws(RegularFile.Problem) in try RegularFile.write(line, to: descriptor) }
    }

    /// Waits until the lines are on the disk.
    func sync() throws(BatchError) {
        try reporting { () throws(RegularFile.Problem) in
            guard fsync(descriptor) == 0 else { throw RegularFile.Problem(text: lastError()) }
        }
    }

    private func reporting(_ work: () throws(RegularFile.Problem) -> Void) throws(BatchError) {
        do throws(RegularFile.Problem) {
            try work()
        } catch {
            throw .unwritable(path: path, reason: error.text)
        }
    }
}
