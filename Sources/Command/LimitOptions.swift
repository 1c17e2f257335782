import ArgumentParser
import HTTPServer
import SegmentationService

/// How much clients may send and how long they may take. Everything has a bound; these move it.
struct LimitOptions: ParsableArguments {
    private static let limits = HTTPLimits()
    private static let formLimits = SegmentationService.defaultFormLimits
    private static let timeouts = HTTPTimeouts()

    @Option(help: "The most bytes in a request target; more is answered 414.")
    var maxTargetBytes = limits.maxTargetBytes

    @Option(help: "The most bytes in a header section; more is answered 431.")
    var maxHeaderBytes = limits.maxHeaderBytes

    @Option(help: "The most fields in a header section; more is answered 431.")
    var maxHeaderCount = limits.maxHeaderCount

    @Option(help: "The largest body of a request; more is answered 413, before it is sent if its length is announced.")
    var maxBodyBytes = limits.maxBodyBytes

    @Option(help: "The most bytes of chunk extensions in a body; more is answered 400.")
    var maxChunkExtensionBytes = limits.maxChunkExtensionBytes

    @Option(help: "The most bytes in a trailer section; more is answered 431.")
    var maxTrailerBytes = limits.maxTrailerBytes

    @Option(help: "The most parts in a form; more is answered 413.")
    var maxParts = formLimits.maxParts

    @Option(help: "The most bytes in a header section of a form's part; more is answered 413.")
    var maxPartHeaderBytes = formLimits.maxHeaderBytes

    @Option(help: "The most fields in a header section of a form's part; more is answered 413.")
    var maxPartHeaderCount = formLimits.maxHeaderCount

    @Option(help: "The most bytes in a part of a form that is not a file; more is answered 413.")
    var maxFieldBytes = formLimits.maxFieldBytes

    @Option(
        help: "The most bytes in a part of a form that is a file; more is answered 413. 0 is what the body may have.")
    var maxFileBytes = 0

    @Option(help: "The most connections at a time; further ones are answered 503, or wait in the kernel.")
    var maxConnections = limits.maxConnections

    @Option(
        help: """
            The most connections at a time from one address, or from one /64 of IPv6; further ones are answered 429. \
            0 is no limit.
            """)
    var maxConnectionsPerAddress = 0

    @Option(
        help: """
            The most bytes that bodies received or worked on, and answers not yet read, may take together; whose body or \
            answer goes beyond is answered 503. 16 KiB of each are taken in any case, and one alone may be larger.
            """)
    var bufferMemoryBytes = limits.maxBufferedBytes

    @Option(help: "The most requests on one connection; the last one's answer closes it.")
    var maxRequestsPerConnection = limits.maxRequestsPerConnection

    @Option(
        help: """
            The most bytes read and dropped after a refusal, so that a client that sends all before it reads gets to read \
            it; twice --max-body-bytes, if not given.
            """)
    var maxLingerBytes: Int?

    @Option(help: "Seconds that a TLS handshake may take; then the connection is closed.")
    var handshakeTimeout = seconds(timeouts.handshake)

    @Option(
        help:
            "Seconds from the begin of a connection, or the end of its handshake, to its first byte; then it is closed."
    )
    var firstByteTimeout = seconds(timeouts.firstByte)

    @Option(help: "Seconds from a request's first byte to the end of its header; then 408.")
    var headerTimeout = seconds(timeouts.header)

    @Option(help: "Seconds from a request's first byte to its last; then 408. So long may a refused one go on, too.")
    var receiveTimeout = seconds(timeouts.receive)

    @Option(
        help: """
            Seconds that reading an answer may take, and one more for each 64 KiB of it; then the connection is cut.
            """)
    var sendTimeout = seconds(timeouts.send)

    @Option(help: "Seconds that an idle connection stays open.")
    var idleTimeout = seconds(timeouts.idle)

    @Option(
        help: """
            Bytes a second below which a sender is answered 408 (or, if refused already, no longer waited for) and a \
            reader is cut.
            """)
    var minRate = timeouts.minimumRate

    @Option(help: "Seconds over which the rate is measured; so long may a reader stall.")
    var rateWindow = seconds(timeouts.rateWindow)

    @Option(
        help: """
            Seconds that a closing connection waits for the client to read the last answer; longer if it goes on sending.
            """)
    var lingerTimeout = seconds(timeouts.linger)

    func validate() throws {
        let counts: [(String, Int, ClosedRange<Int>)] = [
            ("--max-target-bytes", maxTargetBytes, 64...(1 << 20)),
            ("--max-header-bytes", maxHeaderBytes, 256...(16 << 20)),
            ("--max-header-count", maxHeaderCount, 1...100_000),
            ("--max-body-bytes", maxBodyBytes, 1...(1 << 40)),
            ("--max-chunk-extension-bytes", maxChunkExtensionBytes, 0...(16 << 20)),
            ("--max-trailer-bytes", maxTrailerBytes, 2...(16 << 20)),
            ("--max-parts", maxParts, 1...100_000),
            ("--max-part-header-bytes", maxPartHeaderBytes, 64...(1 << 20)),
            ("--max-part-header-count", maxPartHeaderCount, 1...1000),
            ("--max-field-bytes", maxFieldBytes, 1...(1 << 40)),
            ("--max-file-bytes", maxFileBytes, 0...(1 << 40)),
            ("--max-connections", maxConnections, 1...10_000_000),
            ("--max-connections-per-address", maxConnectionsPerAddress, 0...10_000_000),
            ("--buffer-memory-bytes", bufferMemoryBytes, 0...(1 << 50)),
            ("--max-requests-per-connection", maxRequestsPerConnection, 1...Int.max),
            ("--max-linger-bytes", maxLingerBytes ?? 0, 0...(1 << 40)),
            ("--min-rate", minRate, 1...(1 << 30)),
        ]
        for (flag, value, range) in counts { try OptionRange.require(value, in: range, flag) }
        let times = [
            ("--handshake-timeout", handshakeTimeout), ("--first-byte-timeout", firstByteTimeout),
            ("--header-timeout", headerTimeout),
            ("--receive-timeout", receiveTimeout), ("--send-timeout", sendTimeout), ("--idle-timeout", idleTimeout),
            ("--rate-window", rateWindow), ("--linger-timeout", lingerTimeout),
        ]
        for (flag, value) in times { try OptionRange.require(value, in: 0.1...OptionRange.day, flag) }
    }

    var httpLimits: HTTPLimits {
        var limits = HTTPLimits()
        limits.maxTargetBytes = maxTargetBytes
        limits.maxHeaderBytes = maxHeaderBytes
        limits.maxHeaderCount = maxHeaderCount
        limits.maxBodyBytes = maxBodyBytes
        limits.maxChunkExtensionBytes = maxChunkExtensionBytes
        limits.maxTrailerBytes = maxTrailerBytes
        limits.maxConnections = maxConnections
        limits.maxConnectionsPerAddress = maxConnectionsPerAddress == 0 ? nil : maxConnectionsPerAddress
        limits.maxBufferedBytes = bufferMemoryBytes
        limits.maxRequestsPerConnection = maxRequestsPerConnection
        limits.maxLingerBytes = maxLingerBytes ?? 2 * maxBodyBytes
        return limits
    }

    var formLimits: MultipartLimits {
        var limits = MultipartLimits()
        limits.maxParts = maxParts
        limits.maxHeaderBytes = maxPartHeaderBytes
        limits.maxHeaderCount = maxPartHeaderCount
        limits.maxFieldBytes = maxFieldBytes
        limits.maxFileBytes = maxFileBytes == 0 ? .max : maxFileBytes
        return limits
    }

    var httpTimeouts: HTTPTimeouts {
        var timeouts = HTTPTimeouts()
        timeouts.handshake = .seconds(handshakeTimeout)
        timeouts.firstByte = .seconds(firstByteTimeout)
        timeouts.header = .seconds(headerTimeout)
        timeouts.receive = .seconds(receiveTimeout)
        timeouts.send = .seconds(sendTimeout)
        timeouts.idle = .seconds(idleTimeout)
        timeouts.minimumRate = minRate
        timeouts.rateWindow = .seconds(rateWindow)
        timeouts.linger = .seconds(lingerTimeout)
        return timeouts
    }

    private static func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
