extension ConnectionMachine {
    /// How willing the server is to go on.
    enum Service: Int, Comparable {
        /// Connections persist.
        case running
        /// Answers say that the connection will close.
        case draining
        /// Connections without a request close as well.
        case stopping

        static func < (left: Service, right: Service) -> Bool { left.rawValue < right.rawValue }
    }
}
