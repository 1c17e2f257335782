internal import CTLS

/// OpenSSL's errors, which wait in a queue of each thread until they are fetched.
enum TLSErrorQueue {
    /// Must be called before a call whose outcome is looked into with `SSL_get_error`, as an old error would be taken for its.
    static func clear() {
        ERR_clear_error()
    }

    /// The first and so the most precise of the errors; the queue is empty then.
    static func take() -> (code: Int32, reason: String)? {
        let error = ERR_get_error()
        ERR_clear_error()
        guard error != 0 else { return nil }
        let reason = ERR_reason_error_string(error).map { String(cString: $0) }
        let code = ERR_GET_REASON(error)
        return (code, reason ?? "OpenSSL error \(code)")
    }
}
