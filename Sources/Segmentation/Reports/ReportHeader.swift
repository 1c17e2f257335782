import Imaging

/// What every answer in JSON begins with.
struct ReportHeader: Encodable {
    struct Size: Encodable {
        let width: Int
        let height: Int

        init(_ size: ImageSize) { (width, height) = (size.width, size.height) }
    }

    let model: String
    let requestID: String?
    let image: Size
    let size: Size
    /// Milliseconds.
    let timing: [String: Double]

    init(model: String, requestID: String?, image: ImageSize, size: ImageSize, timings: StageTimings) {
        self.model = model
        self.requestID = requestID
        self.image = Size(image)
        self.size = Size(size)
        timing = Dictionary(
            timings.stages.map { ($0.name, ($0.duration.seconds * 10_000).rounded() / 10) }, uniquingKeysWith: +)
    }

    enum CodingKeys: String, CodingKey {
        case model, image, size
        case requestID = "request_id"
        case timing = "timing_ms"
    }
}
