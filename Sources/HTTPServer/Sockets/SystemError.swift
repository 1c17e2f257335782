internal import Glibc

/// A system call's failure.
struct SystemError: Error, Hashable, CustomStringConvertible {
    let number: Int32

    /// There is not enough memory.
    static let noMemory = SystemError(number: ENOMEM)

    /// The system's own words for it: `strerror_r(3)`.
    var description: String {
        var text = [CChar](repeating: 0, count: 128)
        // The XSI variant, which Glibc exports here, fills the buffer.
        _ = strerror_r(number, &text, text.count)
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// The call would have to wait.
    var wouldBlock: Bool { number == EAGAIN || number == EWOULDBLOCK }

    /// What is wrong with one connection that waited, not with accepting: `accept(2)`.
    var isOfOneConnection: Bool {
        [
            ECONNABORTED, ECONNRESET, EHOSTDOWN, EHOSTUNREACH, ENETDOWN, ENETUNREACH, ENONET, ENOPROTOOPT, EOPNOTSUPP,
            EPERM, EPROTO, ETIMEDOUT,
        ].contains(number)
    }

    /// The socket does not listen, or not any more, whatever happens.
    var isOfListener: Bool { [EBADF, EINVAL, ENOTSOCK].contains(number) }
}

/// The value of a system call that says -1 when it fails; a call that a signal interrupted is repeated.
func valueOrError<Value: FixedWidthInteger>(_ call: () -> Value) throws(SystemError) -> Value {
    while true {
        let value = call()
        if value != -1 { return value }
        let number = errno
        if number != EINTR { throw SystemError(number: number) }
    }
}
