import Foundation
import HTTPServer

extension HTTPResponse {
    /// An answer in JSON; its keys in alphabetical order.
    static func json(_ value: some Encodable) -> HTTPResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do {
            return HTTPResponse(
                status: .ok, headers: ["Content-Type": "application/json"], body: Array(try encoder.encode(value)))
        } catch {
            return HTTPProblem.internalError().response
        }
    }
}
