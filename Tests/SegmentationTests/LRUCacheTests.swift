import Testing

@testable import Segmentation

@Suite struct LRUCacheTests {
    @Test("What was kept is found, and finding and missing are counted")
    func hits() {
        var cache = LRUCache<Int, String>(budget: 10)
        #expect(cache.value(for: 1) == nil)
        cache.insert("one", for: 1, cost: 3)
        #expect(cache.value(for: 1) == "one")
        #expect(cache.value(for: 2) == nil)
        #expect((cache.statistics.hits, cache.statistics.misses) == (1, 2))
        #expect((cache.count, cache.statistics.bytes) == (1, 3))
    }

    @Test("What was not used for the longest time makes room, as much as is needed")
    func evictions() {
        var cache = LRUCache<Int, Int>(budget: 10)
        for key in 1...5 { cache.insert(key, for: key, cost: 2) }
        _ = cache.value(for: 1)
        cache.insert(6, for: 6, cost: 3)
        #expect([1, 2, 3, 4, 5, 6].filter { cache.value(for: $0) != nil } == [1, 4, 5, 6])
        #expect((cache.statistics.evictions, cache.statistics.bytes) == (2, 9))
        cache.insert(7, for: 7, cost: 10)
        #expect((cache.count, cache.statistics.evictions, cache.statistics.bytes) == (1, 6, 10))
    }

    @Test("A value replaces the one before, cost and all")
    func replacement() {
        var cache = LRUCache<Int, String>(budget: 10)
        cache.insert("old", for: 1, cost: 8)
        cache.insert("new", for: 1, cost: 4)
        #expect(cache.value(for: 1) == "new")
        #expect((cache.count, cache.statistics.bytes, cache.statistics.evictions) == (1, 4, 0))
    }

    @Test("What is larger than the whole budget is not kept, and displaces nothing")
    func tooLarge() {
        var cache = LRUCache<Int, Int>(budget: 10)
        cache.insert(1, for: 1, cost: 10)
        cache.insert(2, for: 2, cost: 11)
        #expect(cache.value(for: 1) == 1)
        #expect(cache.value(for: 2) == nil)
        var none = LRUCache<Int, Int>(budget: 0)
        none.insert(1, for: 1, cost: 1)
        #expect(none.count == 0)
    }

    @Test("It keeps what a plain list keeps, whatever the order of uses")
    func againstAList() {
        var cache = LRUCache<Int, Int>(budget: 20)
        var list: [(key: Int, cost: Int)] = []
        var random = 1
        for _ in 0..<5000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let (key, cost, reads) = (random >> 33 & 15, random >> 40 & 7, random >> 50 & 1 == 0)
            let known = list.firstIndex { $0.key == key }
            if reads {
                #expect((cache.value(for: key) != nil) == (known != nil))
                if let known { list.append(list.remove(at: known)) }
            } else {
                cache.insert(key, for: key, cost: cost)
                if let known { list.remove(at: known) }
                list.append((key, cost))
                while list.reduce(0, { $0 + $1.cost }) > 20 { list.removeFirst() }
            }
            #expect(cache.count == list.count)
            #expect(cache.statistics.bytes == list.reduce(0) { $0 + $1.cost })
        }
    }
}
