import Testing

@testable import Segmentation

@Suite struct BatchProgressTests {
    private static func progress(total: Int, before: Int, failedBefore: Int = 0, done: Int, failed: Int)
        -> BatchProgress
    {
        var progress = BatchProgress(total: total, doneBefore: before, failedBefore: failedBefore)
        progress.done = done
        progress.failed = failed
        return progress
    }

    @Test(
        "The line tells how far, how fast, and how long still; the rate counts what this run has done",
        arguments: [
            (progress(total: 100, before: 0, done: 0, failed: 0), 0.0, "[------------------------] 0/100"),
            (
                progress(total: 48, before: 0, done: 24, failed: 0), 12,
                "[############------------] 24/48  2.0/s  0:12 left"
            ),
            (
                progress(total: 10_000, before: 4000, done: 1000, failed: 0), 10,
                "[############------------] 5000/10000  100/s  0:50 left"
            ),
            (
                progress(total: 96, before: 0, done: 2, failed: 2), 400,
                "[#-----------------------] 4/96  0.0/s  2:33:20 left  2 failed"
            ),
            (
                progress(total: 4, before: 0, done: 3, failed: 1), 2,
                "[########################] 4/4  2.0/s  0:00 left  1 failed"
            ),
            (progress(total: 0, before: 0, done: 0, failed: 0), 0, "[########################] 0/0"),
        ])
    func line(progress: BatchProgress, seconds: Double, expected: String) {
        #expect(progress.line(after: seconds) == expected)
    }

    @Test("The summary leaves out what did not happen")
    func summary() {
        #expect(Self.progress(total: 3, before: 0, done: 3, failed: 0).summary(after: 61) == "3 done, in 1:01")
        #expect(
            Self.progress(total: 9, before: 3, failedBefore: 1, done: 3, failed: 2).summary(after: 0.5)
                == "3 done, 3 were done before, 3 failed, in 0:01")
    }
}
