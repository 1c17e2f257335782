import Foundation
import Testing

@testable import Segmentation

@Suite struct AvailableCoresTests {
    @Test(
        "Numbers and ranges of cores are counted",
        arguments: [("0", 1), ("7", 1), ("0-3", 4), ("0-3,8", 5), ("1,3,5-5,10-19", 13), ("0-65535", 65536)])
    func lists(text: String, count: Int) {
        #expect(CoreList(text[...])?.count == count)
    }

    @Test(
        "What is no list of cores is not counted",
        arguments: [
            "", ",", "0,", "-", "0-", "-3", "3-0", "0--3", "0-1-2", "a", "0-b", "0 1", "0x3", "0-65536",
            "0-9223372036854775807",
            "9223372036854775808",
        ])
    func garbage(text: String) {
        #expect(CoreList(text[...]) == nil)
    }

    @Test("A process may use at most the cores that it may run on, and at least one")
    func here() {
        #expect(processorCores() == ProcessInfo.processInfo.activeProcessorCount)
        #expect((1...processorCores()).contains(availableCores()))
    }

    @Test("Of a long file only the beginning is read, and of none nothing")
    func bound() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write(Array((String(repeating: "line\n", count: 100_000)).utf8), to: "long")
        #expect(firstLines(of: path).joined(separator: "\n").utf8.count == 4096)
        #expect(firstLines(of: folder.path).isEmpty)
        #expect(firstLines(of: folder.file("missing")).isEmpty)
    }
}
