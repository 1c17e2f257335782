public import ArgumentParser
public import Logging
public import Segmentation

extension PrecisionChoice: ExpressibleByArgument {}
extension Logger.Level: @retroactive ExpressibleByArgument {}
