import Foundation
import Glibc
import Logging
import Synchronization
import Testing

@testable import SegmentationService

@Suite struct LogLineTests {
    private func line(_ message: String, _ metadata: Logger.Metadata, as format: LogFormat) -> String {
        String(
            decoding: LogLine.render(
                message, metadata, level: .info, label: "clipseg", time: "2026-01-02T03:04:05.678Z", as: format),
            as: UTF8.self)
    }

    @Test("Text is time, level, message and the rest in order") func text() {
        #expect(
            line("request", ["b": "two words", "a": "1", "c": ["x": .stringConvertible(1.5)], "d": ""], as: .text)
                == "2026-01-02T03:04:05.678Z info clipseg: request a=1 b=\"two words\" c.x=1.5 d=\"\"\n")
    }

    @Test("JSON keeps numbers, truth, lists and objects") func json() throws {
        let metadata: Logger.Metadata = [
            "n": .stringConvertible(1), "x": .stringConvertible(1.5), "t": .stringConvertible(true), "l": ["a", "b"],
            "o": ["k": "v"],
        ]
        #expect(
            line("request", metadata, as: .json)
                == #"{"time":"2026-01-02T03:04:05.678Z","level":"info","logger":"clipseg","message":"request","#
                + #""l":["a","b"],"n":1,"o":{"k":"v"},"t":true,"x":1.5}"# + "\n")
    }

    @Test(
        "Whatever is in a value, the line stays one line, and readable",
        arguments: [
            "/a\nlevel=critical forged", "\r\n\r\n", "\u{1B}[2J\u{1B}]0;title\u{7}", "\0", "\u{7F}", "\u{85}",
            "\u{2028}",
            "\u{202E}gnp.exe", "\u{FEFF}", "\"quoted\" \\ back", "ünïcödé 🎈",
        ], LogFormat.allCases)
    func injection(_ value: String, _ format: LogFormat) throws {
        for line in [line(value, [:], as: format), line("request", ["path": .string(value)], as: format)] {
            #expect(line.hasSuffix("\n"))
            let text = line.dropLast()
            #expect(
                text.unicodeScalars.allSatisfy {
                    ![.control, .format, .lineSeparator, .paragraphSeparator].contains($0.properties.generalCategory)
                })
            guard format == .json else { continue }
            let object = try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
            #expect(object["path"] as? String == value || object["message"] as? String == value)
        }
    }

    @Test("Times are RFC 3339 in UTC") func time() {
        #expect(LogTime.format(seconds: 0, milliseconds: 7) == "1970-01-01T00:00:00.007Z")
        #expect(LogTime.format(seconds: 1_709_164_799, milliseconds: 999) == "2024-02-28T23:59:59.999Z")
    }

    @Test("A handler writes its own and the event's metadata, and keeps to its level") func handler() {
        let lines = Mutex<[String]>([])
        let write: @Sendable ([UInt8]) -> Void = { line in
            lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) }
        }
        var logger = Logger(label: "test") { LineLogHandler(label: $0, format: .text, write: write) }
        logger[metadataKey: "a"] = "1"
        logger.warning("one", metadata: ["b": "2"])
        logger.debug("two")
        #expect(lines.withLock { $0.count } == 1)
        #expect(lines.withLock { $0[0].hasSuffix(" warning test: one a=1 b=2\n") })
    }
}

@Suite struct LogSinkTests {
    @Test("Lines come out in order; what a slow reader makes pile up is dropped, and told") func drops() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999) + [UInt8(ascii: "\n")]
        let sink = LogSink(descriptor: ends[1], format: .text, maxPendingBytes: 10_000)
        // More than the pipe and the sink together hold.
        for _ in 0..<1000 { sink.write(line) }
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 100_000)
        let end = Array("log lines dropped".utf8)
        while !String(decoding: received.suffix(200), as: UTF8.self).contains(String(decoding: end, as: UTF8.self)) {
            let count = read(ends[0], &chunk, chunk.count)
            received += chunk[..<count]
        }
        sink.write(Array("last\n".utf8))
        sink.flush()
        let count = read(ends[0], &chunk, chunk.count)
        #expect(String(decoding: chunk[..<count], as: UTF8.self).hasSuffix("last\n"))
        #expect(received.count < 500_000)
        close(ends[0])
        close(ends[1])
    }

    @Test("A pipe that does not block loses nothing when it is full") func nonBlocking() throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        try #require(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0)
        let text = [UInt8]((0..<50_000).flatMap { "\($0)\n".utf8 })
        let sink = LogSink(descriptor: ends[1], format: .text)
        sink.write(text)
        // Long enough for the sink to find the pipe full.
        usleep(200_000)
        var received: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 100_000)
        while received.count < text.count {
            var readable = pollfd(fd: ends[0], events: Int16(POLLIN), revents: 0)
            try #require(poll(&readable, 1, 10_000) == 1, "the rest is lost")
            received += chunk[..<read(ends[0], &chunk, chunk.count)]
        }
        #expect(received == text)
        close(ends[0])
        close(ends[1])
    }
}
