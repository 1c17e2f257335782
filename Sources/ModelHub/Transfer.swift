import CCurl
import Glibc

/// A GET request through libcurl: HTTPS, verified, redirects followed.
///
/// The token goes to the host that is asked first. libcurl drops it where a redirect leads to another host or port.
struct Transfer {
    let url: String
    var token: String?
    var authorityFile: String?
    /// Where in the file to begin.
    var offset = 0

    /// What the last server of a chain of redirects said before the body.
    struct Head {
        var status = 0
        var retryAfter: Double?
        fileprivate var contentOffset: Int?

        /// Where in the file the body begins; nil for a part of which the server does not say which one it is.
        var bodyOffset: Int? { status == 206 ? contentOffset : 0 }
    }

    /// - Parameter receive: Takes the body of a successful answer piece by piece; that of another is dropped.
    /// - Throws: `HubError.transfer`, or what `receive` throws.
    func run(
        _ receive: (Head, UnsafeRawBufferPointer) throws(HubError) -> Void
    ) throws(HubError) -> Head {
        try Self.setUp.get()
        guard let curl = curl_easy_init() else { throw .noTransfer(reason: "no memory") }
        defer { curl_easy_cleanup(curl) }
        var headers: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(headers) }
        if let token { headers = curl_slist_append(headers, "Authorization: Bearer \(token)") }
        if offset > 0 { headers = curl_slist_append(headers, "Range: bytes=\(offset)-") }
        try configure(curl, headers)
        return try withoutActuallyEscaping(receive) { receive throws(HubError) in
            let receiver = Receiver(receive)
            let context = Unmanaged.passUnretained(receiver).toOpaque()
            ccurl_set_header_receiver(curl, receiveHeader, context)
            ccurl_set_body_receiver(curl, receiveBody, context)
            let code = withExtendedLifetime(receiver) { curl_easy_perform(curl) }
            if let error = receiver.error { throw error }
            if code != CURLE_OK { throw failure(code) }
            return receiver.head
        }
    }

    private func failure(_ code: CURLcode) -> HubError {
        let reason = String(cString: curl_easy_strerror(code))
        switch code {
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_UNSUPPORTED_PROTOCOL,
            CURLE_TOO_MANY_REDIRECTS, CURLE_URL_MALFORMAT:
            return .rejected(url: url, reason: reason)
        default: return .transfer(url: url, reason: reason)
        }
    }

    /// libcurl's state for the whole process is made once, before any use.
    private static let setUp: Result<Void, HubError> = {
        let code = curl_global_init(Int(CURL_GLOBAL_DEFAULT))
        return code == CURLE_OK
            ? .success(()) : .failure(.noTransfer(reason: String(cString: curl_easy_strerror(code))))
    }()

    private func configure(_ curl: UnsafeMutableRawPointer, _ headers: UnsafeMutablePointer<curl_slist>?)
        throws(HubError)
    {
        let protocols = url.hasPrefix("https:") ? "https" : "http,https"
        let settings = [
            ccurl_set_string(curl, CURLOPT_URL, url),
            ccurl_set_string(curl, CURLOPT_PROTOCOLS_STR, protocols),
            ccurl_set_string(curl, CURLOPT_REDIR_PROTOCOLS_STR, protocols),
            ccurl_set_string(curl, CURLOPT_USERAGENT, "clipseg"),
            ccurl_set_long(curl, CURLOPT_FOLLOWLOCATION, 1),
            ccurl_set_long(curl, CURLOPT_MAXREDIRS, 5),
            ccurl_set_long(curl, CURLOPT_NOSIGNAL, 1),
            ccurl_set_long(curl, CURLOPT_CONNECTTIMEOUT, 15),
            ccurl_set_long(curl, CURLOPT_LOW_SPEED_LIMIT, 1024),
            ccurl_set_long(curl, CURLOPT_LOW_SPEED_TIME, 30),
            authorityFile.map { ccurl_set_string(curl, CURLOPT_CAINFO, $0) } ?? CURLE_OK,
            ccurl_set_headers(curl, headers),
        ]
        if let code = settings.first(where: { $0 != CURLE_OK }) {
            throw .noTransfer(reason: String(cString: curl_easy_strerror(code)))
        }
    }
}

/// What libcurl's callbacks, which are C functions, work on.
private final class Receiver {
    var head = Transfer.Head()
    var error: HubError?
    private let receive: (Transfer.Head, UnsafeRawBufferPointer) throws(HubError) -> Void

    init(_ receive: @escaping (Transfer.Head, UnsafeRawBufferPointer) throws(HubError) -> Void) {
        self.receive = receive
    }

    func take(line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        // Each answer in a chain of redirects begins with one.
        if text.hasPrefix("HTTP/") {
            head = Transfer.Head()
            head.status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            return
        }
        guard let colon = text.firstIndex(of: ":") else { return }
        let value = text[text.index(after: colon)...].filter { !$0.isWhitespace }
        switch text[..<colon].lowercased() {
        case "retry-after": head.retryAfter = Double(value)
        // bytes 100-199/200
        case "content-range":
            let digits = value.dropFirst("bytes".count).prefix { $0.isNumber }
            head.contentOffset = Int(digits)
        default: break
        }
    }

    /// - Returns: whether to go on.
    func take(body: UnsafeRawBufferPointer) -> Bool {
        guard (200..<300).contains(head.status) else { return true }
        do throws(HubError) {
            try receive(head, body)
            return true
        } catch {
            self.error = error
            return false
        }
    }
}

/// The receiver behind the pointer that libcurl hands back; it outlives the transfer.
private func receiver(_ context: UnsafeMutableRawPointer?) -> Receiver? {
    context.map { Unmanaged<Receiver>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    receiver(context)?.take(line: UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func receiveBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    let isTaken = receiver(context)?.take(body: UnsafeRawBufferPointer(start: bytes, count: size * count)) ?? false
    return isTaken ? size * count : -1
}
