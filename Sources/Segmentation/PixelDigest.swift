import CLIPSeg
import CTLS

/// Stands for what the model sees of an image: its size and SHA-256.
///
/// A hash that can be forged would let one client have another's mask.
struct PixelDigest: Hashable, Sendable {
    private let width: Int
    private let height: Int
    private let sha256: [UInt8]

    init(_ pixels: PixelValues) {
        width = pixels.width
        height = pixels.height
        sha256 = pixels.values.withUnsafeBytes { bytes in
            [UInt8](unsafeUninitializedCapacity: Int(SHA256_DIGEST_LENGTH)) { digest, count in
                SHA256(bytes.baseAddress, bytes.count, digest.baseAddress)
                count = Int(SHA256_DIGEST_LENGTH)
            }
        }
    }
}
