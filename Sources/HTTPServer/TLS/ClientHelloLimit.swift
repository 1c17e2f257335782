/// Looks at what a client sends before TLS is agreed on, for a ClientHello (RFC 8446 §4.1.2) that claims to be long.
///
/// OpenSSL takes the memory for a message as soon as its first four bytes are there, and would believe a hello up to 128 KiB.
/// There are two hellos where the server asks for another one (§4.1.4). Afterwards come messages that OpenSSL bounds itself.
struct ClientHelloLimit {
    /// With all extensions there are, keys for after quantum computers included, hellos have 2 to 4 KiB.
    private static let maxBytes = 16 * 1024

    private static let handshakeRecord: UInt8 = 22
    private static let clientHello: UInt8 = 1
    private static let serverHello: UInt8 = 2
    /// What stands for the random number of a ServerHello that asks for another hello (§4.1.3).
    private static let retry: [UInt8] = [
        0xCF, 0x21, 0xAD, 0x74, 0xE5, 0x9A, 0x61, 0x11, 0xBE, 0x1D, 0x8C, 0x02, 0x1E, 0x65, 0xB8, 0x91,
        0xC2, 0xA2, 0x11, 0x16, 0x7A, 0xBB, 0x8C, 0x5E, 0x07, 0x9E, 0x09, 0xE2, 0xC8, 0xA8, 0x33, 0x9C,
    ]

    /// No further hello can come.
    private(set) var isOver = false
    /// A record's type, version and length (§5.1), as far as they are there.
    private var recordHeader: [UInt8] = []
    /// What is still to come of the record.
    private var recordRest = 0
    private var recordType: UInt8 = 0
    /// A message's type and length (§4), as far as they are there; messages may be spread over records.
    private var messageHeader: [UInt8] = []
    /// What is still to come of the message.
    private var messageRest = 0

    /// - Returns: false at a hello that claims to be too long.
    mutating func accepts(_ received: UnsafeRawBufferPointer) -> Bool {
        var rest = received[...]
        while !isOver, !rest.isEmpty {
            guard recordRest > 0 else {
                recordHeader.append(rest.removeFirst())
                if recordHeader.count == 5 { beginRecord() }
                continue
            }
            let part = rest.prefix(recordRest)
            rest = rest.dropFirst(part.count)
            recordRest -= part.count
            if recordType == Self.handshakeRecord, !acceptsMessages(part) { return false }
        }
        return true
    }

    private mutating func beginRecord() {
        recordType = recordHeader[0]
        recordRest = Int(recordHeader[3]) << 8 | Int(recordHeader[4])
        recordHeader = []
    }

    private mutating func acceptsMessages(_ part: Slice<UnsafeRawBufferPointer>) -> Bool {
        var rest = part
        while !rest.isEmpty {
            guard messageRest == 0 else {
                let skipped = min(messageRest, rest.count)
                rest = rest.dropFirst(skipped)
                messageRest -= skipped
                continue
            }
            messageHeader.append(rest.removeFirst())
            guard messageHeader.count == 4 else { continue }
            let length = messageHeader.dropFirst().reduce(0) { $0 << 8 | Int($1) }
            if messageHeader[0] == Self.clientHello, length > Self.maxBytes { return false }
            messageRest = length
            messageHeader = []
        }
        return true
    }

    /// The server's answer to a hello is its last word about hellos, unless it asks for another one.
    mutating func answered(with sent: UnsafeRawBufferPointer) {
        let asksAgain =
            sent.count >= 43 && sent[0] == Self.handshakeRecord && sent[5] == Self.serverHello
            && sent[11..<43].elementsEqual(Self.retry)
        if !asksAgain { isOver = true }
    }
}
