import Experiments
import Formats
import Runs
import TestSupport
import Testing

struct MADEExperimentTests {
  @Test("a run of a masked network leaves curves by step and epoch, and a picture")
  func leaves() throws {
    try BarRuns.with { root, runs in
      try runs.train(
        MADEExperiment.self, in: "\(root)/made", "hidden=5", "steps=8", "evaluate-every=4",
        "log-every=2")
      let folder = try RunFolder(opening: "\(root)/made")
      #expect(try fileExists(folder.picture))
      #expect(try fileExists(folder.file("curves.svg")))
      let lines = try Metrics(folder).lines()
      let evaluated = lines.filter { $0["validation_bound"] != nil }
      #expect(evaluated.map { $0["step"] } == [4, 8])
      #expect(lines.allSatisfy { $0["epoch"] != nil && $0["seconds"] != nil })
      #expect(lines.contains { $0["step"] == 2 && $0["batch_loss"] != nil })
    }
  }

  @Test("a run that is stopped at random moments ends as if it had never been")
  func interrupted() throws {
    try BarRuns.with { _, runs in
      try expectSameIfInterrupted(
        MADEExperiment.self, runs.settings(MADEExperiment.self, ["hidden=5", "steps=20"]))
    }
  }

  @Test("a run that is stopped before its work begins leaves nothing, or what was there")
  func stoppedBefore() throws {
    try BarRuns.with { _, runs in
      try expectUntouchedIfStoppedBefore(
        MADEExperiment.self, runs.settings(MADEExperiment.self, ["hidden=5"]))
    }
  }

  @Test("a masked network begins with the weights of another run")
  func begins() throws {
    try BarRuns.with { root, runs in
      try runs.train(MADEExperiment.self, in: "\(root)/first", "hidden=5", "steps=8")
      try runs.train(
        MADEExperiment.self, in: "\(root)/second", "hidden=5", "steps=1", "learning-rate=1e-30",
        "init=\(root)/first")
      let bounds = try ["first", "second"].map {
        try RunFolder(opening: "\(root)/\($0)").read("summary.json")["test_bound"]?.number
      }
      #expect(bounds[0] != nil && bounds[0] == bounds[1])
    }
  }
}
