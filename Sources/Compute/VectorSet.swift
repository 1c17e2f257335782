#if OneDNN
import CDNNL
import CKernels
#endif

/// The instructions that the kernels of our own are compiled for.
enum VectorSet {
    case avx2
    case avx512

    #if OneDNN
    /// The best that this CPU has for operands in this format: AVX-512 only where it multiplies them natively. None
    /// without AVX2, nor on processors that are not x86-64.
    static func best(for operand: Element) -> VectorSet? {
        let isNative =
            switch operand {
            case .float32: clipseg_dnnl_has_avx512()
            case .bfloat16: clipseg_dnnl_has_native_bfloat16()
            case .int8: clipseg_dnnl_has_int8()
            }
        guard !isNative else { return .avx512 }
        return clipseg_dnnl_has_avx2() ? .avx2 : nil
    }

    /// What stands for operands in this format, not in 8 bits, when they are multiplied: AVX2 has products of floats alone.
    func multiplied(_ operand: Element) -> Element {
        switch self {
        case .avx2: .float32
        case .avx512: operand
        }
    }

    /// How its kernels want the columns of a panel.
    var layout: clipseg_layout {
        switch self {
        case .avx2: CLIPSEG_CONSECUTIVE
        case .avx512: CLIPSEG_INTERLEAVED
        }
    }
    #endif
}
