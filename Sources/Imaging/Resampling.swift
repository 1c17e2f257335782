internal import CKernels

extension RGBImage {
    /// Resizes the picture, antialiased where it shrinks. Equal to `Image.resize` of Pillow 13, byte for byte.
    ///
    /// One axis is resampled and rounded to 8 bits, then the other; an axis that keeps its size is left alone. Columns are
    /// merged first unless many more rows than columns go away. Before version 13, Pillow always began with the columns:
    /// pictures for which that differs come out a rounding step apart.
    ///
    /// - Precondition: `width` and `height` are at least 1.
    public func resized(width: Int, height: Int, filter: ResamplingFilter) -> RGBImage {
        precondition(width > 0 && height > 0, "an image has at least one pixel")
        if filter == .nearest { return sampledToNearest(width: width, height: height) }
        let rowsLost = self.height - height
        let columnsLost = self.width - width
        return rowsLost > 0 && rowsLost > 2 * columnsLost
            ? resampledVertically(to: height, filter).resampledHorizontally(to: width, filter)
            : resampledHorizontally(to: width, filter).resampledVertically(to: height, filter)
    }

    private func resampledHorizontally(to width: Int, _ filter: ResamplingFilter) -> RGBImage {
        guard width != self.width else { return self }
        let kernel = ResamplingKernel(from: self.width, to: width, filter: filter)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, initializedCount in
            self.pixels.withUnsafeBufferPointer { source in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                let rowBytes = self.width * 3
                kernel.withGroups { windows in
                    for row in 0..<height {
                        clipseg_resample_row(
                            source + row * rowBytes, rowBytes, windows.baseAddress, width, target + row * width * 3)
                    }
                }
            }
            initializedCount = width * height * 3
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private func resampledVertically(to height: Int, _ filter: ResamplingFilter) -> RGBImage {
        guard height != self.height else { return self }
        let kernel = ResamplingKernel(from: self.height, to: height, filter: filter)
        let rowBytes = width * 3
        let pixels = [UInt8](unsafeUninitializedCapacity: rowBytes * height) { target, initializedCount in
            self.pixels.withUnsafeBufferPointer { source in
                kernel.weights.withUnsafeBufferPointer { weights in
                    guard let source = source.baseAddress, let target = target.baseAddress,
                        let weights = weights.baseAddress
                    else { return }
                    for (row, window) in kernel.windows.enumerated() {
                        clipseg_blend_rows(
                            source + window.first * rowBytes, rowBytes, weights + window.weightsStart, window.count,
                            target + row * rowBytes)
                    }
                }
            }
            initializedCount = rowBytes * height
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    /// Pillow's own path for this filter: the coordinate is summed up, not multiplied, and cut off, not rounded.
    private func sampledToNearest(width: Int, height: Int) -> RGBImage {
        let columns = Self.nearestSamples(from: self.width, to: width)
        let rows = Self.nearestSamples(from: self.height, to: height)
        let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { target, initializedCount in
            var next = 0
            for row in rows {
                for column in columns {
                    let source = (row * self.width + column) * 3
                    for channel in 0..<3 { target[next + channel] = self.pixels[source + channel] }
                    next += 3
                }
            }
            initializedCount = next
        }
        return RGBImage(width: width, height: height, pixels: pixels)
    }

    private static func nearestSamples(from sourceSize: Int, to targetSize: Int) -> [Int] {
        let scale = Double(sourceSize) / Double(targetSize)
        var position = scale * 0.5
        return (0..<targetSize).map { _ in
            defer { position += scale }
            return min(Int(position), sourceSize - 1)
        }
    }
}
