import Foundation
import TestSupport
import Testing

/// The worked examples of programs as costs.
struct ProgramTests {
  private static func program(_ name: String) -> String {
    SourceTree.root.appending(path: "Examples/Programs/\(name)").path
  }

  @Test(
    "a schedule in Python is found that no other order of these jobs betters",
    .enabled(if: Python.has("sys"), "there is no Python"))
  func python() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        [
          "optimize", "--order", "10", "--command",
          "python3 '\(ProgramTests.program("schedule.py"))'", "--budget", "3000", "--out", "run",
          "--json", "--quiet",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      // Found by the sum over sets of jobs that come first.
      #expect(try run.json()["best"] as? Int == 2)
    }
  }

  @Test("tables are compressed well in an order that keeps what is alike together")
  func shell() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        [
          "optimize", "--order", "6", "--exec", "sh '\(ProgramTests.program("rows.sh"))'",
          "--budget", "120", "--workers", "2", "--out", "run", "--json", "--quiet",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      // Four of sixty random orders are as good.
      #expect(try #require(run.json()["best"] as? Int) < 62_000)
    }
  }
}
