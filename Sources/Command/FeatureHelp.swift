import ArgumentParser
import Segmentation

extension ArgumentHelp {
    /// What the HTTP API's description says of the parameter.
    static func feature(_ parameter: FeatureParameter) -> ArgumentHelp { ArgumentHelp("\(parameter.help)") }
}
