/// Both clocks, read once for all that happens in a turn of the event loop; tests make it up.
struct Moment {
    /// The steady clock, for deadlines.
    var instant: ContinuousClock.Instant
    /// The wall clock, as the Date field wants it.
    var date: String
}
