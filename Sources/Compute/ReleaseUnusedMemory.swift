/// Gives scratch memory back to the system that earlier work, such as loading a model, used and later work does not
/// need.
public func releaseUnusedMemory() {
    BufferPool.shared.empty()
}
