import CLIPSeg
import Imaging

/// From the bytes of an image file to what the model sees of it.
struct ImagePreparation: Sendable {
    let model: LoadedModel
    /// What images may be.
    let limits: ImageLimits

    /// What decoding a file takes in memory, which its header tells.
    ///
    /// - Parameter parameter: What an error is to call the file.
    func decodingBytes(of file: [UInt8], _ parameter: String) throws(InputError) -> Int {
        do throws(ImageError) {
            return try ImageHeader(reading: file, limits: limits).decodingBytes
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// The whole picture, upright.
    func decode(_ file: [UInt8], _ parameter: String) throws(InputError) -> RGBImage {
        do throws(ImageError) {
            return try RGBImage(decoding: file, limits: limits)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// The picture for the model's eyes only: where `kind` allows it, with fewer pixels than the file has.
    func decode(
        _ file: [UInt8], _ parameter: String, _ kind: DecodingKind
    ) throws(InputError) -> (image: RGBImage, originalSize: ImageSize) {
        guard kind == .fast, model.processor.imageProcessor.resizes else {
            let image = try decode(file, parameter)
            return (image, ImageSize(width: image.width, height: image.height))
        }
        let leastSize = ImageSize(width: 2 * model.inputWidth, height: 2 * model.inputHeight)
        do throws(ImageError) {
            let reduced = try ReducedImage(decoding: file, leastSize: leastSize, limits: limits)
            return (reduced.image, reduced.originalSize)
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }

    /// What the model takes of a picture.
    func pixelValues(_ image: RGBImage, _ parameter: String) throws(InputError) -> PixelValues {
        let limit = model.model.config.visionConfig.patchSize
        do throws(ModelError) {
            let pixels = try model.processor.pixelValues([image])
            guard min(pixels.width, pixels.height) >= limit else {
                throw .imageTooSmall(width: pixels.width, height: pixels.height, patchSize: limit)
            }
            return pixels
        } catch {
            throw InputError(error, parameter: parameter)
        }
    }
}
