import CFuzzer
import Foundation

/// Runs libFuzzer on the target that the environment variable `CLIPSEG_FUZZ_TARGET` names; libFuzzer, which starts copies
/// of itself with the same arguments, is then free to interpret them all.
@main
enum Main {
    private static let target: FuzzTarget = {
        let name = ProcessInfo.processInfo.environment["CLIPSEG_FUZZ_TARGET"] ?? ""
        guard let target = FuzzTarget.all[name] else {
            let names = FuzzTarget.all.keys.sorted().joined(separator: "\n")
            FileHandle.standardError.write(Data("CLIPSEG_FUZZ_TARGET must be one of\n\(names)\n".utf8))
            exit(64)
        }
        return target
    }()

    static func main() {
        var arguments = CommandLine.arguments
        arguments.insert("-max_len=\(target.maxLength)", at: 1)
        // Kept until the process ends: libFuzzer holds on to them.
        let copies = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(capacity: arguments.count + 1)
        for (index, argument) in arguments.enumerated() { copies[index] = strdup(argument) }
        copies[arguments.count] = nil
        var count = CInt(arguments.count)
        var list: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = copies
        let status = LLVMFuzzerRunDriver(&count, &list) { bytes, count in
            Main.target.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
            return 0
        }
        exit(status)
    }
}
