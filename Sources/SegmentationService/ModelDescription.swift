import Compute
import Segmentation

/// The answer of `GET /v1/model`: what is loaded, and what it takes.
struct ModelDescription: Encodable {
    struct Limits: Encodable {
        let maxPixels: Int
        let maxPrompts: Int
        let maxPromptTokens: Int

        enum CodingKeys: String, CodingKey {
            case maxPixels = "max_pixels"
            case maxPrompts = "max_prompts"
            case maxPromptTokens = "max_prompt_tokens"
        }
    }

    struct Size: Encodable {
        let width: Int
        let height: Int
    }

    let name: String
    let demo: Bool
    let note: String?
    let version: String
    let precision: String
    let workers: Int
    let threadsPerWorker: Int
    let inputSize: Size
    let projectionDim: Int
    let limits: Limits

    enum CodingKeys: String, CodingKey {
        case name, demo, note, version, precision, workers, limits
        case threadsPerWorker = "threads_per_worker"
        case inputSize = "input_size"
        case projectionDim = "projection_dim"
    }

    init(_ pool: ModelPool) {
        let model = pool.model
        name = model.name
        demo = model.isDemo
        note =
            model.isDemo
            ? "This is the demo model. It knows drawn shapes and emoji, not photographs. Give --model for a real one."
            : nil
        version = clipsegVersion
        precision = model.precision.rawValue
        workers = pool.workers
        threadsPerWorker = model.threads
        inputSize = Size(width: model.inputWidth, height: model.inputHeight)
        projectionDim = model.projectionDim
        limits = Limits(
            maxPixels: pool.maxPixels, maxPrompts: SegmentationRequest.maxPrompts,
            maxPromptTokens: model.maxPromptTokens)
    }
}
