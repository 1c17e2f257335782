extension Precision {
    /// Whether this build can compute in it on this CPU.
    public var isSupported: Bool {
        #if OneDNN
        OneDNNBackend.canMultiply(element) && OneDNNBackend.canMultiply(encoderElement)
        #else
        true
        #endif
    }

    /// bf16 where the CPU multiplies it natively, else fp32.
    public static var preferred: Precision {
        #if OneDNN
        OneDNNBackend.hasNativeBFloat16 ? .bf16 : .fp32
        #else
        .fp32
        #endif
    }
}

/// The fastest backend that this build has, for computations on up to `threads` threads that share `cores`.
public func bestBackend(precision: Precision, threads: Int, sharing cores: CoreOccupancy) -> any Backend {
    #if OneDNN
    OneDNNBackend(precision: precision, threads: threads, sharing: cores)
    #else
    PortableBackend(precision: precision, threads: threads, sharing: cores)
    #endif
}
