public import ArgumentParser
import Glibc
import Logging
public import SegmentationService

/// How `serve` logs.
struct LogOptions: ParsableArguments {
    @Option(help: "text or json, one line each on standard error; text on a terminal, else json, if not given.")
    var logFormat: LogFormat?

    @Option(help: "Which requests get a line: all, errors (status 400 and more, or cut) or none.")
    var accessLog = AccessLogScope.all

    @Flag(help: "Write prompts into the log. They may be private.")
    var logPrompts = false

    var format: LogFormat { logFormat ?? (isatty(STDERR_FILENO) == 0 ? .json : .text) }

    func logger(writingTo sink: LogSink, level: Logger.Level) -> Logger {
        var logger = Logger(label: "clipseg") { [format] label in
            LineLogHandler(label: label, format: format, write: sink.write)
        }
        logger.logLevel = level
        return logger
    }
}

extension LogFormat: ExpressibleByArgument {}
extension AccessLogScope: ExpressibleByArgument {}
