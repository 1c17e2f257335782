import Foundation
import Segmentation

@testable import HTTPServer
@testable import SegmentationService

extension FuzzTarget {
    /// A query, a Content-Type and a body, a line feed after the first two: what the routes beside `POST /v1/segment` are
    /// asked, all of them the same.
    ///
    /// Whatever makes no sense is the client's fault; whatever does came from the request.
    static let featureForms = FuzzTarget(maxLength: 1024) { bytes in
        let lines = bytes.split(separator: .lf, maxSplits: 2, omittingEmptySubsequences: false)
        guard lines.count == 3, lines[0].allSatisfy(\.isFieldContent), lines[1].allSatisfy(\.isFieldContent) else {
            return
        }
        let target = "/?" + String(decoding: lines[0], as: UTF8.self)
        let headers: HTTPHeaders = ["Content-Type": String(decoding: lines[1], as: UTF8.self)]
        guard
            let request = try? HTTPRequest(method: .post, target: target, headers: headers, body: Array(lines[2]))
        else { return }
        let size = bytes.count
        read { () throws(HTTPProblem) in
            let request = try ClassifyRoute.classificationRequest(request)
            require(textBytes(request.labels) + request.image.count <= size, "no more than was sent")
        }
        read { () throws(HTTPProblem) in
            let request = try EmbeddingsRoute.embeddingRequest(request)
            let files = request.images.reduce(0) { $0 + $1.count }
            require(textBytes(request.texts) + files <= size, "no more than was sent")
        }
        read { () throws(HTTPProblem) in
            require(textBytes(try TokenizeRoute.texts(request)) <= size, "no more than was sent")
        }
        read { () throws(HTTPProblem) in
            let task = try ImageSegmentationTask(request)
            require(textBytes(task.labels) + task.segmentation.image.count <= size, "no more than was sent")
            require(!task.labels.isEmpty, "something to look for")
            require((0...1).contains(task.leastScore) && (0...1).contains(task.segmentation.threshold), "probabilities")
        }
    }

    /// An escape in a text, or base64, takes more bytes than what it stands for.
    private static func textBytes(_ texts: [String]) -> Int { texts.reduce(0) { $0 + $1.utf8.count } }

    private static func read(_ work: () throws(HTTPProblem) -> Void) {
        do throws(HTTPProblem) {
            try work()
        } catch {
            require((400..<500).contains(error.status.code), "the client's fault")
            for path in ["/", "/hf/", "/v2/"] {
                let body = Data(ErrorFormat(path: path).response(to: error).body)
                require((try? JSONSerialization.jsonObject(with: body)) is [String: Any], "an error in JSON")
            }
        }
    }
}
