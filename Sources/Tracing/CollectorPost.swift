import CCurl

/// A POST request through libcurl, which ends in time whatever the other side does. Redirects are not followed.
struct CollectorPost {
    let url: String
    let headers: [(name: String, value: String)]
    let authorityFile: String?

    enum Outcome: Equatable {
        case accepted
        /// It may go better later, after so long if the collector says so.
        case failed(reason: String, retryAfter: Duration?)
        /// It would not go better.
        case refused(reason: String)
    }

    /// - Parameters:
    ///   - body: JSON.
    ///   - timeout: How long it may take.
    ///   - mustStop: Asked every second or more often.
    func run(_ body: [UInt8], timeout: Duration, mustStop: @escaping () -> Bool) -> Outcome {
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK else { return .refused(reason: "no libcurl") }
        defer { curl_global_cleanup() }
        guard let curl = curl_easy_init() else { return .refused(reason: "no memory") }
        defer { curl_easy_cleanup(curl) }
        var list: UnsafeMutablePointer<curl_slist>?
        defer { curl_slist_free_all(list) }
        for header in ["Content-Type: application/json", "Expect:"] + headers.map({ "\($0.name): \($0.value)" }) {
            list = curl_slist_append(list, header)
        }
        let exchange = Exchange(mustStop: mustStop)
        let context = Unmanaged.passUnretained(exchange).toOpaque()
        let settings = [
            ccurl_set_string(curl, CURLOPT_URL, url),
            ccurl_set_string(curl, CURLOPT_PROTOCOLS_STR, "http,https"),
            ccurl_set_string(curl, CURLOPT_USERAGENT, "clipseg"),
            ccurl_set_long(curl, CURLOPT_NOSIGNAL, 1),
            ccurl_set_long(curl, CURLOPT_TIMEOUT_MS, max(1, timeout / .milliseconds(1)).rounded(.up).clampedLong),
            authorityFile.map { ccurl_set_string(curl, CURLOPT_CAINFO, $0) } ?? CURLE_OK,
            ccurl_set_headers(curl, list),
            ccurl_set_header_receiver(curl, receiveHeader, context),
            ccurl_set_body_receiver(curl, dropBody, context),
            ccurl_set_progress(curl, checkProgress, context),
            body.withUnsafeBytes { ccurl_set_body(curl, $0.baseAddress, $0.count) },
        ]
        if let code = settings.first(where: { $0 != CURLE_OK }) { return .refused(reason: Self.text(code)) }
        let code = withExtendedLifetime(exchange) { curl_easy_perform(curl) }
        guard code == CURLE_OK else { return .failed(reason: Self.text(code), retryAfter: nil) }
        return exchange.outcome
    }

    private static func text(_ code: CURLcode) -> String { String(cString: curl_easy_strerror(code)) }
}

extension Double {
    fileprivate var clampedLong: Int { self < 1e12 ? Int(self) : 1_000_000_000_000 }
}

/// What libcurl's callbacks, which are C functions, work on.
private final class Exchange {
    let mustStop: () -> Bool
    private var status = 0
    private var retryAfter: Duration?

    /// In seconds. Longer ones are shortened anyhow.
    private static let longestDelay = 3600

    init(mustStop: @escaping () -> Bool) {
        self.mustStop = mustStop
    }

    func take(line: UnsafeRawBufferPointer) {
        let text = String(decoding: line.prefix(1024), as: UTF8.self)
        if text.hasPrefix("HTTP/") {
            status = text.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        } else if text.lowercased().hasPrefix("retry-after:") {
            let seconds = Int(text.dropFirst("retry-after:".count).filter { !$0.isWhitespace })
            retryAfter = seconds.map { .seconds(min(max($0, 0), Self.longestDelay)) }
        }
    }

    /// Which answers are worth another attempt, OTLP says (specification.md, “Failures”).
    var outcome: CollectorPost.Outcome {
        switch status {
        case 200..<300: .accepted
        case 429, 502, 503, 504: .failed(reason: "status \(status)", retryAfter: retryAfter)
        default: .refused(reason: "status \(status)")
        }
    }
}

/// The exchange behind the pointer that libcurl hands back; it outlives the transfer.
private func exchange(_ context: UnsafeMutableRawPointer?) -> Exchange? {
    context.map { Unmanaged<Exchange>.fromOpaque($0).takeUnretainedValue() }
}

private func receiveHeader(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int {
    exchange(context)?.take(line: UnsafeRawBufferPointer(start: bytes, count: size * count))
    return size * count
}

private func dropBody(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int { size * count }

private func checkProgress(
    _ context: UnsafeMutableRawPointer?, _: Int, _: Int, _: Int, _: Int
) -> Int32 { exchange(context)?.mustStop() == true ? 1 : 0 }
