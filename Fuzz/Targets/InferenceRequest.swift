import Foundation
import Segmentation

@testable import HTTPServer
@testable import SegmentationService

extension FuzzTarget {
    /// The value of `Inference-Header-Content-Length`, or nothing for no such header, a line feed, and a body of the Open
    /// Inference Protocol. Whatever makes no sense is the client's fault; whatever does came from the request.
    static let inferenceRequest = FuzzTarget(maxLength: 1024) { bytes in
        let lines = bytes.split(separator: .lf, maxSplits: 1, omittingEmptySubsequences: false)
        guard lines.count == 2, lines[0].allSatisfy(\.isFieldContent) else { return }
        var headers: HTTPHeaders = [:]
        if !lines[0].isEmpty { headers[InferenceRequest.headerLength] = String(decoding: lines[0], as: UTF8.self) }
        do throws(HTTPProblem) {
            let request = try HTTPRequest(method: .post, target: "/", headers: headers, body: Array(lines[1]))
            let inference = try InferenceRequest(request)
            let texts = inference.prompts.reduce(0) { $0 + $1.utf8.count }
            require(texts + inference.segmentation.image.count <= lines[1].count, "no more than was sent")
            require(Set(inference.outputs.map(\.kind)).count == inference.outputs.count, "each output once")
            require((1...2).contains(inference.outputs.count), "an output")
        } catch {
            require((400..<500).contains(error.status.code), "the client's fault")
        }
    }
}
