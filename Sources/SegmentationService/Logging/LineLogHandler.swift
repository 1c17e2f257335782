public import Logging

/// A swift-log handler that makes one line of each event, whatever is in it.
public struct LineLogHandler: LogHandler {
    /// The least severe level that is written.
    public var logLevel: Logger.Level = .info
    /// What every event carries.
    public var metadata: Logger.Metadata = [:]
    /// What every event carries as well, asked for each time.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let write: @Sendable ([UInt8]) -> Void

    /// - Parameter write: Takes one line, its end included.
    public init(label: String, format: LogFormat, write: @escaping @Sendable ([UInt8]) -> Void) {
        self.label = label
        self.format = format
        self.write = write
    }

    /// Writes the event.
    public func log(event: LogEvent) {
        var all = event.metadata ?? [:]
        if let provided = metadataProvider?.get() { all.merge(provided) { own, _ in own } }
        if !metadata.isEmpty { all.merge(metadata) { own, _ in own } }
        if let error = event.error { all["error"] = "\(error)" }
        write(
            LogLine.render(
                event.message.description, all, level: event.level, label: label, time: LogTime.now(), as: format))
    }

    /// One piece of what every event carries.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
