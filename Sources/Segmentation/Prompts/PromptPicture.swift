/// An image that shows what to look for.
struct PromptPicture: Sendable {
    /// A PNG or JPEG file.
    let file: [UInt8]
    /// One that is white where the image shows what is meant.
    let mask: [UInt8]?
    /// Counted from 1; nil if there is no other.
    let number: Int?
}

extension SegmentationRequest {
    /// The images that show what to look for.
    var pictures: [PromptPicture] {
        let all = prompts.compactMap { prompt in
            if case .image(let file, let mask) = prompt { (file: file, mask: mask) } else { nil }
        }
        return all.enumerated().map { index, picture in
            PromptPicture(file: picture.file, mask: picture.mask, number: all.count > 1 ? index + 1 : nil)
        }
    }
}
