import Foundation

@testable import Segmentation

extension FuzzTarget {
    /// A list for `clipseg batch`. What is accepted stays below the output folder and within the options' ranges, and says the
    /// same when written again; as a line of a manifest the bytes are read or not, and written again read the same.
    static let batchList = FuzzTarget(maxLength: 512) { bytes in
        if let record = BatchRecord(line: bytes[...]) {
            // JSON has no infinity, and nothing writes it.
            if let line = try? record.line() {
                require(BatchRecord(line: line.dropLast()) == record, "the same record")
            }
        }
        let usual = BatchList.Usual(prompts: ["x"], options: WrittenParameters())
        guard let list = try? BatchList(bytes, name: "fuzz", usual: usual) else { return }
        for entry in list.entries {
            require((try? entry.options.validate(prompts: entry.prompts ?? usual.prompts)) != nil, "options that fit")
            require(
                entry.prompts.map { (1...SegmentationRequest.maxPrompts).contains($0.count) } ?? true, "few prompts")
            guard let output = entry.output else { continue }
            let components = output.text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
            require(components.allSatisfy { !$0.isEmpty && $0.first != UInt8(ascii: ".") }, "below the folder")
            require((try? OutputPath(output.text)) == output, "the same path")
        }
        let again = list.entries.flatMap(line)
        guard let second = try? BatchList(again, name: "again", usual: usual) else {
            fatalError("Broken promise: a list written again is a list")
        }
        let renumbered = list.entries.enumerated().map { index, entry in
            var entry = entry
            entry.line = index + 1
            return entry
        }
        require(second.entries == renumbered, "the same entries")
    }

    private static func line(_ entry: BatchList.Entry) -> [UInt8] {
        guard let options = try? JSONEncoder().encode(entry.options),
            let members = try? JSONSerialization.jsonObject(with: options)
        else { fatalError("Broken promise: options can be written") }
        var object: [String: Any] = ["image": entry.image, "options": members]
        object["prompts"] = entry.prompts
        object["output"] = entry.output?.text
        guard let data = try? JSONSerialization.data(withJSONObject: object) else {
            fatalError("Broken promise: texts can be written")
        }
        return Array(data) + [UInt8(ascii: "\n")]
    }
}
