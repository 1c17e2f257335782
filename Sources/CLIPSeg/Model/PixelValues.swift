/// Images as the model takes them: rescaled, normalised, one plane a channel.
public struct PixelValues: Sendable, Equatable {
    /// The number of images.
    public let images: Int
    /// The number of channels: 3.
    public let channels: Int
    /// The height in pixels.
    public let height: Int
    /// The width in pixels.
    public let width: Int
    /// The values, in the order image, channel, row, column.
    public let values: [Float]

    /// Creates pixel values from `images × channels × height × width` numbers.
    public init(images: Int, channels: Int = 3, height: Int, width: Int, values: [Float]) {
        precondition(values.count == images * channels * height * width, "pixel values of another shape")
        self.images = images
        self.channels = channels
        self.height = height
        self.width = width
        self.values = values
    }
}
