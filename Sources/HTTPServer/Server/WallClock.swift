internal import Glibc

/// Reads both clocks; the Date field is written anew only when its second is over.
struct WallClock {
    private var second = Int.min
    private var date = ""

    mutating func now() -> Moment {
        let second = time(nil)
        if second != self.second {
            self.second = second
            date = HTTPDate.format(secondsSince1970: second)
        }
        return Moment(instant: .now, date: date)
    }
}
