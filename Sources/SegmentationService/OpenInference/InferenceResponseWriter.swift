import HTTPServer
import Segmentation

/// Writes the answer to an inference: JSON, and the outputs that are binary data behind it.
struct InferenceResponseWriter: Sendable {
    /// The bytes of an answer.
    struct Body: Sendable {
        let bytes: [UInt8]
        /// The length of the JSON.
        let headerLength: Int
    }

    /// A 12-megapixel image has four masks in binary, one in JSON.
    static let maxBytes = 64 << 20

    private let outputs: [InferenceOutput]
    private let threshold: Float
    private let id: String?

    init(_ request: InferenceRequest) {
        outputs = request.outputs
        threshold = request.segmentation.threshold
        id = request.id
    }

    /// What the answer takes in memory; twice its size, as what is binary is written apart.
    ///
    /// - Throws: 422 if the answer would be too large.
    @Sendable func bytes(_ shape: PlaneShape) throws -> Int {
        let elements = shape.prompts * shape.height * shape.width
        let bytes = outputs.reduce(0) { $0 + elements * $1.maxElementBytes }
        guard bytes <= Self.maxBytes else {
            throw InputError(
                .unprocessable, code: "output_too_large", parameter: "outputs",
                "The outputs could take \(bytes) bytes, more than \(Self.maxBytes). Ask for fewer outputs or prompts, for "
                    + "binary data, or send a smaller image.")
        }
        return 2 * bytes
    }

    @Sendable func write(_ planes: PromptPlanes, _ timings: inout StageTimings) throws -> Body {
        try timings.measure("postprocess") {
            var json = Array(#"{"model_name":"\#(OpenInferenceRoutes.model)","#.utf8)
            if let id { json += Array(#""id":"#.utf8) + HTTPResponse.json(id).body + Array(",".utf8) }
            json += Array(#""outputs":["#.utf8)
            var binary: [UInt8] = []
            for (number, output) in outputs.enumerated() {
                if number > 0 { json.append(UInt8(ascii: ",")) }
                json += description(of: output, planes.shape)
                if output.isBinary {
                    try append(output, of: planes, to: &binary)
                    json += Array("}".utf8)
                } else {
                    try append(output, of: planes, to: &json)
                    json += Array("]}".utf8)
                }
            }
            json += Array("]}".utf8)
            return Body(bytes: json + binary, headerLength: json.count)
        }
    }

    /// The output's members up to its data.
    private func description(of output: InferenceOutput, _ shape: PlaneShape) -> [UInt8] {
        let size = shape.prompts * shape.height * shape.width * output.kind.stride
        let data = output.isBinary ? #""parameters":{"binary_data_size":\#(size)}"# : #""data":["#
        return Array(
            """
            {"name":"\(output.kind.rawValue)","shape":[\(shape.prompts),\(shape.height),\(shape.width)],\
            "datatype":"\(output.kind.datatype)",\(data)
            """.utf8)
    }

    private func append(_ output: InferenceOutput, of planes: PromptPlanes, to bytes: inout [UInt8]) throws {
        let shape = planes.shape
        bytes.reserveCapacity(bytes.count + shape.prompts * shape.height * shape.width * output.kind.stride)
        var isFirst = true
        for prompt in 0..<shape.prompts {
            var rows = try planes.rows(of: prompt)
            for number in 0..<shape.height {
                rows.withRow(number) { probabilities in
                    for probability in probabilities {
                        if !output.isBinary, !isFirst { bytes.append(UInt8(ascii: ",")) }
                        isFirst = false
                        append(probability, output, to: &bytes)
                    }
                }
            }
        }
    }

    private func append(_ probability: Float, _ output: InferenceOutput, to bytes: inout [UInt8]) {
        switch (output.kind, output.isBinary) {
        case (.mask, true): bytes.append(probability >= threshold ? 255 : 0)
        case (.mask, false): bytes.append(contentsOf: (probability >= threshold ? "255" : "0").utf8)
        case (.probability, true): withUnsafeBytes(of: probability.bitPattern.littleEndian) { bytes += $0 }
        case (.probability, false): bytes.append(contentsOf: probability.description.utf8)
        }
    }
}
