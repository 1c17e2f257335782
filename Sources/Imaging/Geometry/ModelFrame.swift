/// How a picture is fitted into a model's input.
public enum ImageFit: String, Sendable, CaseIterable {
    /// Into a square, both sides stretched as need be: what the reference does.
    case stretch
    /// Into a square, both sides scaled alike, with bars of a colour beside or above and below.
    case letterbox
    /// Both sides scaled alike, without bars; the shorter side of the input is shorter, too. Each is a whole number of
    /// patches, which stretches a side by half a patch at most.
    case native
}

/// Where a picture lies in a model's input, and how to get back from there.
public struct ModelFrame: Sendable, Equatable {
    /// The size of the input.
    public let size: ImageSize
    /// Where the picture is in it; the rest is bars.
    public let content: PixelBox

    /// - Parameters:
    ///   - image: the picture's size, at least 1 × 1.
    ///   - resolution: the longer side of the input; at least `patch`. Rounded to whole patches, but for `.stretch`.
    ///   - fit: whether the picture is stretched, gets bars or keeps its proportions.
    ///   - patch: the side of the model's patches.
    public init(image: ImageSize, resolution: Int, fit: ImageFit, patch: Int) {
        precondition(image.width > 0 && image.height > 0 && patch > 0 && resolution >= patch, "sizes that are possible")
        func wholePatches(_ side: Double) -> Int { max(1, Int((side / Double(patch)).rounded())) * patch }
        let side = fit == .stretch ? resolution : wholePatches(Double(resolution))
        let scale = Double(side) / Double(max(image.width, image.height))
        func scaled(_ length: Int) -> Double { Double(length) * scale }
        switch fit {
        case .stretch:
            size = ImageSize(width: side, height: side)
            content = PixelBox(x: 0, y: 0, width: side, height: side)
        case .letterbox:
            size = ImageSize(width: side, height: side)
            let width = max(1, Int(scaled(image.width).rounded()))
            let height = max(1, Int(scaled(image.height).rounded()))
            content = PixelBox(x: (side - width) / 2, y: (side - height) / 2, width: width, height: height)
        case .native:
            size = ImageSize(width: wholePatches(scaled(image.width)), height: wholePatches(scaled(image.height)))
            content = PixelBox(x: 0, y: 0, width: size.width, height: size.height)
        }
    }

    /// The picture as the model's input.
    ///
    /// - Parameters:
    ///   - image: the picture, of the size that the frame was made for.
    ///   - filter: how it is resized.
    ///   - bars: the colour of the bars; the mean that a processor subtracts makes them 0.
    public func fitted(_ image: RGBImage, filter: ResamplingFilter, bars: RGBColor) -> RGBImage {
        image.resized(width: content.width, height: content.height, filter: filter)
            .placed(inWidth: size.width, height: size.height, x: content.x, y: content.y, background: bars)
    }

    /// The part of a plane of that size that shows the picture, if the plane shows the input: what ``EnlargedRows`` needs to
    /// bring it back to any size.
    public func window(in plane: ImageSize) -> PlaneWindow {
        let across = Float(plane.width) / Float(size.width)
        let down = Float(plane.height) / Float(size.height)
        return PlaneWindow(
            x: Float(content.x) * across, y: Float(content.y) * down, width: Float(content.width) * across,
            height: Float(content.height) * down)
    }
}
