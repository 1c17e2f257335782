import ArgumentParser
import CLIPSeg
import HTTPServer
import HealthCheck
import ModelHub
import Segmentation
import SegmentationService

/// What the exit status tells a script, in the numbers of BSD's `sysexits.h`.
enum ExitStatus: Int32 {
    case usage = 64
    case badInput = 65
    case noInput = 66
    case unavailable = 69
    case internalError = 70

    /// The status for an error of ours, foreseen or not; nil for what the argument parser reports, help for instance.
    init?(for error: any Error) {
        switch error {
        case is RepeatedOption: self = .usage
        case HTTPServerError.tls(.noSuchFile): self = .noInput
        case HTTPServerError.tls: self = .badInput
        case CheckpointError.noSuchFolder, CheckpointError.notAFolder, FileError.noSuchFile, BatchError.noSuchInput:
            self = .noInput
        case ConversionError.noSuchInput: self = .noInput
        case BatchError.busy: self = .unavailable
        case is CheckpointError, is ConfigurationError, is TokenizerError, is InputError, is FileError, is BatchError,
            is ConversionError, is ModelError, is APIKeyError:
            self = .badInput
        case HubError.notFetched, HubError.offline, HubError.notFound: self = .noInput
        case HubError.status, HubError.transfer: self = .unavailable
        case is HubError: self = .badInput
        case is Refusal, is HTTPServerError, is HealthCheckError: self = .unavailable
        case _ where Clipseg.exitCode(for: error) != .failure: return nil
        default: self = .internalError
        }
    }
}
