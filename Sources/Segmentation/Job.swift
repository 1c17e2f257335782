/// Something that a worker does, in two steps.
///
/// Jobs of one group share the first step: while a worker takes it for one of them, the others wait without a worker, and
/// join in for the second.
protocol Job: Sendable {
    associatedtype Group: Hashable & Sendable
    associatedtype Common

    /// What the first step is about; nil for a job that shares nothing.
    var group: Group? { get }
    /// How much the job adds to the second step, in units of its own.
    var size: Int { get }

    /// The first step.
    func begin() throws -> Common

    /// The second step, for the job that took the first and those that join it.
    ///
    /// - Returns: what hands over the results.
    static func finish(_ jobs: [Self], with common: Common) -> @Sendable () -> Void

    /// Hands over why the job is not done.
    func refuse(_ reason: any Error)
}
