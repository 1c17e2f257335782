import CLIPSeg

/// What the model's workers do.
enum ModelJob: Job {
    case segmentation(SegmentationJob)
    case other(ClosureJob)

    var group: PixelDigest? {
        if case .segmentation(let job) = self { job.group } else { nil }
    }

    var size: Int {
        switch self {
        case .segmentation(let job): job.size
        case .other(let job): job.size
        }
    }

    func begin() throws -> SegmentationJob.Common? {
        if case .segmentation(let job) = self { try job.begin() } else { nil }
    }

    static func finish(_ jobs: [ModelJob], with common: SegmentationJob.Common?) -> @Sendable () -> Void {
        guard let common else {
            return ClosureJob.finish(
                jobs.compactMap { if case .other(let job) = $0 { job } else { nil } }, with: ())
        }
        return SegmentationJob.finish(
            jobs.compactMap { if case .segmentation(let job) = $0 { job } else { nil } }, with: common)
    }

    func refuse(_ reason: any Error) {
        switch self {
        case .segmentation(let job): job.refuse(reason)
        case .other(let job): job.refuse(reason)
        }
    }
}
