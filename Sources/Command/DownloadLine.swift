import ModelHub

/// Says on a terminal how far a download has come; silent elsewhere.
struct DownloadLine {
    private let line = ProgressLine(label: "pull")
    private let start = ContinuousClock.now
    private var bytesBefore: Int?

    mutating func show(_ progress: CheckpointDownload.Progress) {
        let before = bytesBefore ?? progress.bytes
        bytesBefore = before
        let rate = Double(progress.bytes - before) / 1e6 / max(start.duration(to: .now) / .seconds(1), 0.001)
        let percent = progress.bytes * 100 / max(progress.totalBytes, 1)
        line.show(
            "\(progress.file): \(progress.bytes / 1_000_000) of \(progress.totalBytes / 1_000_000) MB, \(percent) %, "
                + "\(Int(rate)) MB/s")
    }

    func clear() { line.clear() }
}
