import ModelHub
import Segmentation

/// Says on a terminal how far a download has come; silent elsewhere.
struct DownloadLine {
    private let line = ProgressLine(label: "pull")
    private let start = ContinuousClock.now
    private var bytesBefore: Int?

    mutating func show(_ progress: CheckpointDownload.Progress) {
        let before = bytesBefore ?? progress.bytes
        bytesBefore = before
        let rate = Double(progress.bytes - before) / 1e6 / max(start.duration(to: .now) / .seconds(1), 0.001)
        let bar = ProgressBar.text(progress.bytes, of: progress.totalBytes)
        line.show(
            "\(bar) \(progress.bytes / 1_000_000)/\(progress.totalBytes / 1_000_000) MB  \(Int(rate)) MB/s  "
                + progress.file)
    }

    func clear() { line.clear() }
}
