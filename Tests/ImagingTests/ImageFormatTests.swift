import Imaging
import Testing

@Suite("Image formats")
struct ImageFormatTests {
    @Test(
        "are told by their signatures",
        arguments: [
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0x00], ImageFormat.png),
            ([0xFF, 0xD8, 0xFF], .jpeg),
            ([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x0A, 0x1A], nil),
            ([0x89, 0x50, 0x4E, 0x47], nil),
            ([0xFF, 0xD8], nil),
            (Array("GIF89a".utf8), nil),
            ([], nil),
        ] as [([UInt8], ImageFormat?)])
    func detect(bytes: [UInt8], format: ImageFormat?) {
        #expect(ImageFormat.detect(bytes) == format)
    }
}
