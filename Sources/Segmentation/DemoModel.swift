import CDemoModel
public import CLIPSeg

/// The small checkpoint that ships inside the program, for trying things out.
///
/// It was trained on drawn scenes of coloured shapes and everyday objects, and knows nothing of photographs; see
/// `Training/README.md`.
public enum DemoModel {
    /// What logs and `/v1/model` call it.
    public static let name = "clipseg-demo"

    /// Its files, which live in the executable.
    public static var folder: CheckpointFolder {
        let names = ["config.json", "preprocessor_config.json", "vocab.json", "merges.txt", "model.safetensors"]
        let files = names.compactMap { name -> (String, FileBytes)? in
            var count = 0
            guard let start = clipseg_demo_file(name, &count) else { return nil }
            return (name, FileBytes(name: name, embedded: UnsafeRawBufferPointer(start: start, count: count)))
        }
        return CheckpointFolder(
            name: "the demo model", embedded: Dictionary(files, uniquingKeysWith: { first, _ in first }))
    }
}
