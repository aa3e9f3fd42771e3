import Foundation
import TestSupport
import Testing

/// What a run leaves that depends on neither the clock nor where it was started.
private func lastingFiles(of run: String) throws -> [String: [UInt8]] {
  let names = [
    "config.json", "overrides.json", "metrics.jsonl", "metrics.csv", "samples/final.png",
    "checkpoints/last.safetensors", "checkpoints/best.safetensors",
  ]
  return try Dictionary(uniqueKeysWithValues: names.map { ($0, try bytes(of: "\(run)/\($0)")) })
}

struct ReproducibilityTests {
  @Test(
    "the same seed leaves the same files, whatever the number of threads; another seed does not",
    arguments: [
      ["--estimator", "nvil"],
      ["--layers", "8,4", "--hidden", "6", "--estimator", "reinforce:baseline=leave-one-out"],
      ["--latent", "categorical:3x4", "--optimizer", "rmsprop", "--binarize", "static"],
    ])
  func seeds(setting: [String]) throws {
    try withTemporaryFolder { root in
      let data = "\(root)/data"
      try makeBars(at: data)
      func run(_ name: String, _ more: String...) throws -> [String: [UInt8]] {
        let folder = "\(root)/\(name)"
        let arguments = training(data, "--steps", "30", "--out", folder) + setting + more
        #expect(try discrete(arguments, in: root).code == 0)
        return try lastingFiles(of: folder)
      }
      let one = try run("one", "--threads", "1")
      #expect(try run("again", "--threads", "1") == one)
      #expect(try run("two", "--threads", "2") == one)
      let other = try run("other", "--seed", "2")
      #expect(other["checkpoints/last.safetensors"] != one["checkpoints/last.safetensors"])
    }
  }

  @Test("--json prints one object with the figures of the run, and so does summary.json")
  func json() throws {
    try withTemporaryFolder { root in
      let folder = "\(root)/run"
      let run = try discrete(
        [
          "train", "belief-network", "--layers", "8", "--steps", "30", "--out", folder, "--json",
          "--quiet",
        ], in: root)
      #expect(run.code == 0 && run.errors.isEmpty, "\(run.errors)")
      #expect(run.output.filter { $0 == "\n" }.count == 1)
      let object = try run.json()
      #expect(object["run"] as? String == folder)
      #expect(object["steps"] as? Int == 30)
      for key in ["seconds", "steps_per_second", "train_bound", "test_bound"] {
        #expect((object[key] as? Double)?.isFinite == true, "\(key)")
      }
      let bound = try #require(object["test_bound"] as? Double)
      #expect(bound < -100 && bound > -784)
      #expect(try text(of: "\(folder)/summary.json") == run.output)
      #expect(try text(of: "\(folder)/STATUS") == "finished\n")
    }
  }

  @Test("eval prints the bound the run ended with, and a likelihood not below it")
  func evaluation() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/run")
      try makeBars(at: data)
      let trained = try discrete(
        training(data, "--steps", "60", "--out", folder, "--json"), in: root
      ).json()
      let once = try discrete(["eval", folder, "--samples", "1", "--json"], in: root).json()
      #expect(once["examples"] as? Int == 12)
      let bound = try #require(once["bound"] as? Double)
      #expect(bound == trained["test_bound"] as? Double)
      #expect(bound == once["log_likelihood"] as? Double)
      let often = try discrete(["eval", folder, "--samples", "50", "--json"], in: root).json()
      let likelihood = try #require(often["log_likelihood"] as? Double)
      #expect(likelihood >= (often["bound"] as? Double ?? 0))
    }
  }

  @Test("--seeds trains each seed in a folder of its own and prints intervals")
  func intervals() throws {
    try withTemporaryFolder { root in
      let (data, folder) = ("\(root)/data", "\(root)/runs")
      try makeBars(at: data)
      let arguments = training(data, "--steps", "20", "--seeds", "2", "--out")
      let run = try discrete(arguments + [folder, "--json"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.output.filter { $0 == "\n" }.count == 3)
      let object = try run.json()
      #expect(object["seeds"] as? Int == 2)
      #expect(
        try text(of: "\(folder)/summary.json").hasSuffix(
          "\(run.output.split(separator: "\n")[2])\n"))
      let bounds = try (1...2).map { seed in
        let text = Data(try bytes(of: "\(folder)/seed-\(seed)/summary.json"))
        let summary = try JSONSerialization.jsonObject(with: text) as? [String: Any]
        return try #require(summary?["test_bound"] as? Double)
      }
      #expect(bounds[0] != bounds[1])
      let mean = try #require(object["test_bound"] as? Double)
      #expect(abs(mean - (bounds[0] + bounds[1]) / 2) < 1e-9)
      // Student's t with one degree of freedom; the standard error of two values is half their
      // distance.
      let half = try #require(object["test_bound_interval"] as? Double)
      #expect(abs(half - 12.706 * abs(bounds[0] - bounds[1]) / 2) < 1e-9)
      let table = try discrete(arguments + ["\(folder)-2"], in: root)
      #expect(table.output.contains("2 seeds, 95 % intervals") && table.output.contains("±"))
    }
  }
}
