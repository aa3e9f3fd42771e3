import Foundation
import TestSupport
import Testing

struct KillTests {
  /// Kills before the test ends; `DISCRETE_KILLS` sets another number.
  private static let kills =
    ProcessInfo.processInfo.environment["DISCRETE_KILLS"].flatMap { Int($0) } ?? 10

  /// The value of a point is the number that its bits write.
  private static let worker = """
    read header
    while IFS="$(printf '\\t')" read -r id point; do printf '%s\\t%s\\n' "$id" "$point"; done

    """

  private static func begin(_ path: String) -> [String] {
    [
      "optimize", "--bits", "20", "--command", "sh worker.sh", "--workers", "2", "--method",
      "evolution", "--budget", "3000", "--out", path, "--quiet", "--json",
    ]
  }

  @Test("a run that is killed at random moments ends as the uninterrupted one")
  func kills() throws {
    try withTemporaryFolder { root in
      try write(Array(KillTests.worker.utf8), to: "\(root)/worker.sh")
      let whole = try discrete(KillTests.begin("whole"), in: root)
      #expect(whole.code == 0, "\(whole.errors)")
      let journal = try KillTests.journal("\(root)/whole")
      var generator = SystemRandomNumberGenerator()
      var (killed, runs) = (0, 0)
      while killed < KillTests.kills {
        runs += 1
        let path = "\(root)/run-\(runs)"
        while true {
          // A run that was killed before it had a configuration had not begun.
          let hasBegun = FileManager.default.fileExists(atPath: "\(path)/config.json")
          if !hasBegun { try? FileManager.default.removeItem(atPath: path) }
          let command = try RunningCommand(
            hasBegun ? ["optimize", "--resume", path, "--quiet", "--json"] : KillTests.begin(path),
            in: root)
          usleep(UInt32.random(in: 1000...400_000, using: &generator))
          if killed < KillTests.kills, command.isRunning {
            command.kill()
            killed += 1
            _ = try command.wait()
            continue
          }
          let run = try command.wait()
          #expect(run.code == 0, "\(run.errors)")
          #expect(run.output == whole.output)
          break
        }
        #expect(try KillTests.journal(path) == journal)
        #expect(
          try steadyBytes(of: "\(path)/metrics.csv") == steadyBytes(of: "\(root)/whole/metrics.csv")
        )
      }
    }
  }

  /// The lines of a journal, which stand in the order of arrival, in one of their own.
  private static func journal(_ path: String) throws -> [String] {
    try text(of: "\(path)/journal.jsonl").split(separator: "\n").map(String.init).sorted()
  }
}
