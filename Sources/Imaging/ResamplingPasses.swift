// The two inner loops of resizing. Sums are 32-bit and can't overflow: that is what the kernel's precision is chosen for.

private let half: Int32 = 1 << (ResamplingKernel.precisionBits - 1)

extension ResamplingKernel {
    /// Resamples one row of RGB pixels along the row.
    func resampleRow(_ source: UnsafeBufferPointer<UInt8>, into target: UnsafeMutableBufferPointer<UInt8>) {
        windows.withUnsafeBufferPointer { windows in
            weights.withUnsafeBufferPointer { weights in
                for column in 0..<windows.count {
                    let window = windows[column]
                    var (red, green, blue) = (half, half, half)
                    var pixel = window.first * 3
                    for tap in window.weightsStart..<window.weightsStart + window.count {
                        let weight = weights[tap]
                        red &+= Int32(source[pixel]) &* weight
                        green &+= Int32(source[pixel + 1]) &* weight
                        blue &+= Int32(source[pixel + 2]) &* weight
                        pixel += 3
                    }
                    target[column * 3] = clampedToByte(red)
                    target[column * 3 + 1] = clampedToByte(green)
                    target[column * 3 + 2] = clampedToByte(blue)
                }
            }
        }
    }

    /// Makes target row `number` out of whole source rows, byte by byte: channels need not be told apart.
    func blendRows(
        of source: UnsafeBufferPointer<UInt8>, rowBytes: Int, number: Int,
        into target: UnsafeMutableBufferPointer<UInt8>
    ) {
        typealias Lanes = SIMD16<Int32>
        let window = windows[number]
        let first = window.first * rowBytes
        weights.withUnsafeBufferPointer { weights in
            let bytes = UnsafeRawBufferPointer(source)
            var column = 0
            while column + Lanes.scalarCount <= rowBytes {
                var sums = Lanes(repeating: half)
                for tap in 0..<window.count {
                    let pixels = bytes.loadUnaligned(
                        fromByteOffset: first + tap * rowBytes + column, as: SIMD16<UInt8>.self)
                    sums &+= Lanes(truncatingIfNeeded: pixels) &* weights[window.weightsStart + tap]
                }
                for lane in 0..<Lanes.scalarCount { target[column + lane] = clampedToByte(sums[lane]) }
                column += Lanes.scalarCount
            }
            while column < rowBytes {
                var sum = half
                for tap in 0..<window.count {
                    sum &+= Int32(source[first + tap * rowBytes + column]) &* weights[window.weightsStart + tap]
                }
                target[column] = clampedToByte(sum)
                column += 1
            }
        }
    }
}

@inline(__always)
private func clampedToByte(_ sum: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(sum >> Int32(ResamplingKernel.precisionBits), 0), 255))
}
