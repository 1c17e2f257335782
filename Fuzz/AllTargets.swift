extension FuzzTarget {
    /// The targets by name, which is also the name of their file and of the folder of their seeds.
    static let all: [String: FuzzTarget] = [
        "ChunkedBody": chunkedBody,
        "Configuration": configuration,
        "Connection": connection,
        "Embedding": embedding,
        "FeatureForms": featureForms,
        "InferenceRequest": inferenceRequest,
        "HubListing": hubListing,
        "JPEG": jpeg,
        "JSONBody": jsonBody,
        "Model": model,
        "Multipart": multipart,
        "NumPy": numPy,
        "Orientation": orientation,
        "PNG": png,
        "PNGRoundTrip": pngRoundTrip,
        "PreprocessorConfiguration": preprocessorConfiguration,
        "Query": query,
        "RequestParser": requestParser,
        "RequestTarget": requestTarget,
        "RunLengths": runLengths,
        "Safetensors": safetensors,
        "SegmentForm": segmentForm,
        "TokenizerFiles": tokenizerFiles,
        "TokenizerText": tokenizerText,
    ]
}
