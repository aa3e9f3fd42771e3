import Foundation
import TestSupport
import Testing

struct ResumeTests {
  /// Expects that two runs have ended in the same state, by the same way.
  private func expectSame(_ a: String, _ b: String) throws {
    for name in [
      "checkpoints/last.safetensors", "metrics.jsonl", "metrics.csv", "samples/final.png",
    ] {
      let (one, other) = (try bytes(of: "\(a)/\(name)"), try bytes(of: "\(b)/\(name)"))
      #expect(one == other, "\(name)")
    }
    let best = try [a, b].map { try TensorFile("\($0)/checkpoints/best.safetensors") }
    #expect(best[0].isIdentical(to: best[1]))
  }

  @Test(
    "a run that goes on in the middle of an epoch ends as if it had never stopped",
    arguments: [
      ["--estimator", "nvil"], ["--optimizer", "sgd:momentum=0.9,nesterov=true"],
      ["--layers", "6,4", "--estimator", "reinforce:baseline=moving-average"],
      ["--latent", "categorical:2x5", "--optimizer", "rmsprop", "--schedule", "cosine:over=40"],
    ], [(4, 6), (17, 40)])
  func extended(setting: [String], stops: (Int, Int)) throws {
    try withTemporaryFolder { root in
      let data = "\(root)/data"
      try makeBars(at: data)
      func run(_ arguments: [String]) throws {
        let run = try discrete(arguments, in: root)
        #expect(run.code == 0, "\(run.errors)")
      }
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      try run(training(data, "--steps", "\(stops.1)", "--out", whole) + setting)
      try run(training(data, "--steps", "\(stops.0)", "--out", parts) + setting)
      try run(
        ["train", "belief-network", "--resume", parts, "--steps", "\(stops.1)", "--quiet"])
      try expectSame(whole, parts)
    }
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

  @Test("a length given to --resume replaces the one of the run")
  func otherLength() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      #expect(try discrete(training(data, "--steps", "3", "--out", folder), in: root).code == 0)
      let run = try discrete(
        ["train", "belief-network", "--resume", folder, "--epochs", "2", "--json"], in: root)
      #expect(try run.json()["steps"] as? Int == 12)
    }
  }
}
