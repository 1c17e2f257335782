public import ArgumentParser
public import Logging
public import Segmentation

extension PrecisionChoice: ExpressibleByArgument {}
extension OutputKind: ExpressibleByArgument {}
extension DecodingKind: ExpressibleByArgument {}
extension ScoreKind: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
