public import ArgumentParser
public import Logging
public import Segmentation

extension PrecisionChoice: ExpressibleByArgument {}
extension OutputKind: ExpressibleByArgument {}
extension DecodingKind: ExpressibleByArgument {}
extension ScoreKind: ExpressibleByArgument {}
extension BatchShard: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
extension Logger.Level: @retroactive ExpressibleByArgument {}
