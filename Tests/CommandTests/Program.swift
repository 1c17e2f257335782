import Foundation

/// The program, run as people run it.
struct Program {
    struct Outcome {
        let status: Int32
        let output: Data
        let errors: String
    }

    /// Where `swift build` puts it, beside the test bundle.
    static let url: URL = {
        #if os(macOS)
        Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") }?.bundleURL.deletingLastPathComponent()
            .appendingPathComponent("clipseg") ?? URL(fileURLWithPath: "clipseg")
        #else
        Bundle.main.bundleURL.appendingPathComponent("clipseg")
        #endif
    }()

    static let scenes = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Scenes").path
    static let scene = scenes + "/scene-2023.jpg"

    /// Runs the program to its end.
    static func run(
        _ arguments: String..., input: Data? = nil, environment: [String: String] = [:]
    ) async throws -> Outcome {
        try await run(arguments, input: input, environment: environment)
    }

    /// Runs the program, or another one, to its end.
    static func run(
        _ arguments: [String], executable: URL = url, input: Data? = nil, environment: [String: String] = [:]
    ) async throws -> Outcome {
        let process = Process()
        process.executableURL = executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        let folder = try TemporaryFolder()
        let output = try folder.file("stdout", Data())
        let errors = try folder.file("stderr", Data())
        process.standardOutput = FileHandle(forWritingAtPath: output)
        process.standardError = FileHandle(forWritingAtPath: errors)
        if let input {
            process.standardInput = FileHandle(forReadingAtPath: try folder.file("stdin", input))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try await process.runToEnd()
        return Outcome(
            status: process.terminationStatus, output: try Data(contentsOf: URL(fileURLWithPath: output)),
            errors: String(decoding: try Data(contentsOf: URL(fileURLWithPath: errors)), as: UTF8.self))
    }
}

extension Process {
    /// Runs without holding a thread of Swift's pool.
    func runToEnd() async throws {
        try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
            terminationHandler = { _ in continuation.resume() }
            do {
                try run()
            } catch {
                terminationHandler = nil
                continuation.resume(throwing: error)
            }
        }
    }
}

/// A folder that is gone after the test.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "clipseg-test-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    func file(_ name: String) -> String { path + "/" + name }

    func file(_ name: String, _ contents: Data) throws -> String {
        try contents.write(to: URL(fileURLWithPath: file(name)))
        return file(name)
    }
}
