@testable import HTTPServer
@testable import SegmentationService

extension FuzzTarget {
    /// What a client sends as `Forwarded` or `X-Forwarded-For` through a trusted proxy, which adds whom it was asked by. The
    /// log names that one, or nobody where the client's text and the proxy's can't be told apart; never anybody else.
    static let forwarded = FuzzTarget(maxLength: 512) { bytes in
        guard let proxies = TrustedProxies(["10.0.0.1"]), bytes.allSatisfy(\.isFieldContent) else { return }
        let text = bytes.span.latin1Text
        func client(_ headers: HTTPHeaders) -> String? {
            proxies.client(behind: SocketAddress(host: "10.0.0.1", port: 1), headers: headers)
        }
        require(client(["X-Forwarded-For": text + ", 192.0.2.9"]) == "192.0.2.9", "the last of a list")
        for (node, address) in [("192.0.2.9", "192.0.2.9"), ("\"[2001:db8::9]:80\"", "2001:db8::9")] {
            require(client(["Forwarded": text, "forwarded": "for=\(node)"]) == address, "the last line")
            for pair in ["for=\(node)", "for=\(node);proto=\"https\"", "by=\"_a\";for=\(node)"] {
                let named = client(["Forwarded": "\(text), \(pair)"])
                require(named == nil || named == address, "nobody but whom the proxy names")
            }
        }
    }
}
