import Foundation
import Segmentation

@testable import HTTPServer
@testable import SegmentationService

extension FuzzTarget {
    /// A query, a Content-Type and a body, a line feed after the first two: what `POST /v1/segment` is asked.
    ///
    /// Whatever makes no sense is the client's fault, and told in well-formed JSON; whatever does holds what was sent.
    static let segmentForm = FuzzTarget(maxLength: 2048) { bytes in
        let lines = bytes.split(separator: .lf, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].allSatisfy(\.isFieldContent), lines[1].allSatisfy(\.isFieldContent) else {
            return
        }
        let target = "/v1/segment?" + String(decoding: lines[0], as: UTF8.self)
        let headers: HTTPHeaders = ["Content-Type": String(decoding: lines[1], as: UTF8.self)]
        do throws(HTTPProblem) {
            let request = try HTTPRequest(method: .post, target: target, headers: headers, body: Array(lines[2]))
            let segmentation = try SegmentForm.segmentationRequest(request)
            let asked = request.query.values(of: "prompt")
            require(segmentation.prompts.count >= asked.count, "no prompt of the query is lost")
            require(segmentation.image.count <= lines[2].count, "the image is part of the body")
        } catch {
            require((400..<500).contains(error.status.code), "the client's fault")
            let problem = try? JSONSerialization.jsonObject(with: Data(error.response.body)) as? [String: Any]
            require(problem?["code"] as? String == error.code, "a problem in JSON")
        }
    }
}
