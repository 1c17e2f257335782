import COpenAPI

/// The description of the API, `openapi.yaml` at the top of the repository, as it was when the program was built.
enum OpenAPIDocument {
    static var bytes: [UInt8] {
        var count = 0
        let start = clipseg_openapi(&count)
        return Array(UnsafeBufferPointer(start: start, count: count))
    }
}
