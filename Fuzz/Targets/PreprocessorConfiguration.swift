import Imaging

@testable import CLIPSeg

extension FuzzTarget {
    /// A `preprocessor_config.json`. A processor of a sensible size works.
    static let preprocessorConfiguration = FuzzTarget(maxLength: 512) { bytes in
        let processor: CLIPSegImageProcessor
        do throws(ConfigurationError) {
            processor = try CLIPSegImageProcessor(json: bytes)
        } catch {
            require(error.description.hasPrefix("preprocessor_config.json"), "a message that names the file")
            return
        }
        require(processor.height > 0 && processor.width > 0, "a size")
        guard processor.height * processor.width <= 4096 else { return }
        guard let pixels = try? processor([picture]) else {
            fatalError("Broken promise: any image becomes pixel values")
        }
        let size = processor.resizes ? (processor.height, processor.width) : (picture.height, picture.width)
        require((pixels.height, pixels.width) == size, "the size asked for")
        require(pixels.values.count == 3 * size.0 * size.1, "three numbers a pixel")
    }

    private static let picture = RGBImage(width: 5, height: 3, pixels: (0..<45).map { UInt8($0 * 5) })
}
