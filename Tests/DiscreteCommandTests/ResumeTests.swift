import Foundation
import TestSupport
import Testing

struct ResumeTests {
  /// Expects that two runs have ended in the same state, by the same way.
  private func expectSame(_ a: String, _ b: String) throws {
    for name in [
      "checkpoints/last.safetensors", "metrics.jsonl", "metrics.csv", "samples/final.png",
    ] {
      let (one, other) = (try steadyBytes(of: "\(a)/\(name)"), try steadyBytes(of: "\(b)/\(name)"))
      #expect(one == other, "\(name)")
    }
    let best = try [a, b].map { try TensorFile("\($0)/checkpoints/best.safetensors") }
    #expect(best[0].isIdentical(to: best[1]))
  }

  @Test("SIGINT leaves a checkpoint and exit code 75; --resume goes on to the same end")
  func interrupted() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      let steps = 14_005
      let resume = ["train", "belief-network", "--resume", folder, "--quiet"]
      var stops: [Int] = []
      // The second time it is made longer, which holds for those after it too.
      for arguments in [
        training(data, "--steps", "14000", "--out", folder), resume + ["--steps", "\(steps)"],
      ] {
        let lines = try metricsLines(of: folder)
        let command = try RunningCommand(arguments, in: root)
        // A line of metrics ends an epoch, so some have passed and the signal comes anywhere in a
        // later one.
        while try metricsLines(of: folder) < lines + 5 && command.isRunning { usleep(1000) }
        command.interrupt()
        let run = try command.wait()
        expectFailure(run, 75, ["interrupted at step ", "--resume \(folder)"])
        #expect(try text(of: "\(folder)/STATUS") == "interrupted\n")
        let step = try #require(
          try TensorFile("\(folder)/checkpoints/last.safetensors").step)
        #expect(run.errors.contains("at step \(step);"))
        stops.append(step)
      }
      #expect(stops[0] > 0 && stops[0] < stops[1] && stops[1] < steps)
      let last = try discrete(resume, in: root)
      #expect(last.code == 0, "\(last.errors)")
      #expect(try text(of: "\(folder)/STATUS") == "finished\n")
      let whole = "\(root)/whole"
      #expect(
        try discrete(training(data, "--steps", "\(steps)", "--out", whole), in: root).code == 0)
      try expectSame(whole, folder)
    }
  }

  /// Number of lines logged so far.
  private func metricsLines(of folder: String) throws -> Int {
    let path = "\(folder)/metrics.jsonl"
    guard FileManager.default.fileExists(atPath: path) else { return 0 }
    return try bytes(of: path).count { $0 == UInt8(ascii: "\n") }
  }
}
