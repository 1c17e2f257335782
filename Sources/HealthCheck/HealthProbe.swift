import CCurl

/// Asks a service whether it is ready: one GET request through libcurl, whose answer's status alone counts.
public struct HealthProbe: Sendable {
    public var endpoint: HealthEndpoint
    /// How long all of it may take, in whole milliseconds.
    public var timeout: Duration

    public init(_ endpoint: HealthEndpoint, timeout: Duration) {
        self.endpoint = endpoint
        self.timeout = timeout
    }

    /// Returns if the answer is 200.
    public func run() throws(HealthCheckError) {
        guard curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK, let curl = curl_easy_init() else {
            throw .noAnswer(url: endpoint.url, reason: "libcurl can't be used")
        }
        defer { curl_easy_cleanup(curl) }
        for code in settings(curl) where code != CURLE_OK { throw failure(code) }
        let code = curl_easy_perform(curl)
        guard code == CURLE_OK else { throw failure(code) }
        let status = ccurl_status(curl)
        guard status == 200 else { throw .notReady(url: endpoint.url, status: status) }
    }

    private func settings(_ curl: UnsafeMutableRawPointer) -> [CURLcode] {
        let verifies = endpoint.verifiesCertificate
        return [
            ccurl_set_string(curl, CURLOPT_URL, endpoint.url),
            ccurl_set_string(curl, CURLOPT_PROTOCOLS_STR, "http,https"),
            ccurl_set_string(curl, CURLOPT_USERAGENT, "clipseg-healthcheck"),
            // The service itself is asked, whatever proxies the environment names.
            ccurl_set_string(curl, CURLOPT_NOPROXY, "*"),
            endpoint.unixSocket.map { ccurl_set_string(curl, CURLOPT_UNIX_SOCKET_PATH, $0) } ?? CURLE_OK,
            ccurl_set_long(curl, CURLOPT_SSL_VERIFYPEER, verifies ? 1 : 0),
            ccurl_set_long(curl, CURLOPT_SSL_VERIFYHOST, verifies ? 2 : 0),
            ccurl_set_long(curl, CURLOPT_NOSIGNAL, 1),
            ccurl_set_long(curl, CURLOPT_TIMEOUT_MS, max(1, milliseconds)),
            ccurl_set_body_receiver(curl, discard, nil),
        ]
    }

    private var milliseconds: Int {
        Int(timeout.components.seconds) * 1000 + Int(timeout.components.attoseconds / 1_000_000_000_000_000)
    }

    private func failure(_ code: CURLcode) -> HealthCheckError {
        .noAnswer(url: endpoint.url, reason: String(cString: curl_easy_strerror(code)))
    }
}

private func discard(
    _ bytes: UnsafeMutablePointer<CChar>?, _ size: Int, _ count: Int, _ context: UnsafeMutableRawPointer?
) -> Int { size * count }
