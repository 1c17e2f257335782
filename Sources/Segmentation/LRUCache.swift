/// Keeps what was used last, up to a budget; beyond it, what was not used for the longest time goes first.
///
/// Every operation takes constant time: the entries are a doubly linked list through a dictionary.
struct LRUCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Entry: Sendable {
        let value: Value
        let cost: Int
        var newer: Key?
        var older: Key?
    }

    private var entries: [Key: Entry] = [:]
    private var newest: Key?
    private var oldest: Key?
    /// What happened so far, and the cost of what is kept.
    private(set) var statistics: CacheStatistics

    /// - Parameter budget: The most that all values together may cost; with 0 nothing is kept.
    init(budget: Int) {
        statistics = CacheStatistics(limit: budget)
    }

    /// The number of values.
    var count: Int { entries.count }

    /// The value for `key`, which thereby is the one used last.
    mutating func value(for key: Key) -> Value? {
        guard let entry = unlink(key) else {
            statistics.misses += 1
            return nil
        }
        link(entry, key)
        statistics.hits += 1
        return entry.value
    }

    /// Keeps `value` in place of any other for `key`, unless it alone costs more than the budget.
    mutating func insert(_ value: Value, for key: Key, cost: Int) {
        if let replaced = unlink(key) { statistics.bytes -= replaced.cost }
        guard cost <= statistics.limit else { return }
        while statistics.bytes > statistics.limit - cost, let oldest, let evicted = unlink(oldest) {
            statistics.bytes -= evicted.cost
            statistics.evictions += 1
        }
        statistics.bytes += cost
        link(Entry(value: value, cost: cost), key)
    }

    private mutating func link(_ entry: Entry, _ key: Key) {
        var entry = entry
        entry.newer = nil
        entry.older = newest
        entries[key] = entry
        if let newest { entries[newest]?.newer = key } else { oldest = key }
        newest = key
    }

    private mutating func unlink(_ key: Key) -> Entry? {
        guard let entry = entries.removeValue(forKey: key) else { return nil }
        if let newer = entry.newer { entries[newer]?.older = entry.older } else { newest = entry.older }
        if let older = entry.older { entries[older]?.newer = entry.newer } else { oldest = entry.newer }
        return entry
    }
}
