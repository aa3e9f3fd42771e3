import Foundation
import TestSupport
import Testing

struct RunsVerbTests {
  /// Calls `body` with a folder in which `runs` has two seeds of two estimators, all finished.
  private func withRuns(_ body: (String) throws -> Void) throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/data")
      for estimator in ["nvil", "disarm"] {
        let run = try discrete(
          training(
            "\(root)/data", "--steps", "9", "--estimator", estimator, "--seeds", "2", "--out",
            "runs/\(estimator)"), in: root)
        #expect(run.code == 0, "\(run.errors)")
      }
      try body(root)
    }
  }

  @Test("runs are listed, shown and compared, for people and as JSON")
  func look() throws {
    try withRuns { root in
      let list = try discrete(["runs", "list"], in: root)
      let rows = list.output.split(separator: "\n")
      #expect(list.code == 0 && rows.count == 5 && list.errors.isEmpty)
      #expect(rows[0].hasPrefix("run "))
      #expect(
        rows[1].hasPrefix("runs/disarm/seed-1 ")
          && rows[1].hasSuffix(" disarm:pairs=1,tree=balanced"))
      for word in ["belief-network", "finished", " 9 ", "test_bound"] {
        #expect(rows[1].contains(word), "\(word)")
      }
      let objects = try jsonObjects(discrete(["runs", "list", "--json"], in: root).output)
      #expect(objects.map { $0["step"] as? Int } == [9, 9, 9, 9])
      #expect(objects.map { $0["status"] as? String } == .init(repeating: "finished", count: 4))

      let show = try discrete(["runs", "show", "runs/nvil/seed-1"], in: root)
      #expect(show.code == 0)
      for word in ["* estimator", "  optimizer", "validation_bound", "processor", "test_bound"] {
        #expect(show.output.contains(word), "\(word)")
      }
      let json = try discrete(["runs", "show", "runs/nvil/seed-1", "--json"], in: root).json()
      #expect((json["overrides"] as? [String: Any])?["batch-size"] as? Int == 9)
      #expect((json["latest"] as? [String: Any])?["step"] as? Int == 9)

      let compare = try discrete(["runs", "compare", "runs", "--figure", "curves.svg"], in: root)
      let table = compare.output.split(separator: "\n")
      #expect(compare.code == 0 && table.count == 4)
      #expect(table[1].hasPrefix("disarm:pairs=1,tree=balanced ") && table[1].contains(" ± "))
      #expect(table[3].hasPrefix("curves.svg "))
      let picture = try text(of: "\(root)/curves.svg")
      #expect(
        picture.contains("disarm:pairs=1,tree=balanced, 2 runs") && picture.contains("<polygon"))
      let groups = try jsonObjects(
        discrete(["runs", "compare", "runs", "--over", "seconds", "--json"], in: root).output)
      #expect(
        groups.compactMap { ($0["group"] as? String)?.prefix { $0 != ":" } } == ["disarm", "nvil"])
      #expect(groups.compactMap { $0["interval"] as? Double }.count == 2)
    }
  }

  @Test("a report is one page of runs; without one it is 66, and where none can be written 73")
  func report() throws {
    try withRuns { root in
      let report = try discrete(["report", "runs", "--out", "page.html"], in: root)
      #expect(report.code == 0 && report.output == "page.html   4 runs\n")
      let page = try text(of: "\(root)/page.html")
      #expect(page.hasPrefix("<!doctype html>") && page.contains("belief-network: 2 ways, 4 runs"))
      #expect(page.contains("<td>batch-size</td><td>9</td><td>command line</td>"))
      expectFailure(try discrete(["report", "data"], in: root), 66, ["data: no run is in it"])
      expectFailure(try discrete(["report", "runs", "--out", "no/a"], in: root), 73, ["no/a"])
    }
  }

  @Test("what cannot be listed, compared or removed is one sentence and a code")
  func refused() throws {
    try withRuns { root in
      let vae = try discrete(
        [
          "train", "vae", "--data", "\(root)/data", "--latent", "bernoulli:4", "--batch-size", "9",
          "--steps", "2", "--quiet", "--out", "vae",
        ], in: root)
      #expect(vae.code == 0)
      for (arguments, code, words) in [
        (["list", "none"], 66, ["none: nothing is there"]),
        (["list", "data"], 66, ["data: no run is in it"]),
        (["show", "data"], 66, ["data: not the folder of a run"]),
        (["compare", "runs", "vae"], 64, ["vae: a run of 'vae'", "'belief-network'"]),
        (["compare", "runs", "--key", "no"], 64, ["have no 'no'", "validation_bound"]),
        (["compare", "runs", "--over", "epoch"], 64, ["'epoch'"]),
        (["compare", "runs", "--figure", "data/no/a.svg"], 73, ["data/no/a.svg"]),
        (["remove", "runs/nvil/seed-1"], 64, ["--yes"]),
        (["remove", "runs/nvil", "--yes"], 66, ["runs/nvil: not the folder of a run"]),
      ] as [([String], Int32, [String])] {
        expectFailure(try discrete(["runs"] + arguments, in: root), code, words)
      }
      #expect(names(in: "\(root)/runs/nvil/seed-1").contains("config.json"))
      // What is readable is shown, and the rest is named.
      let metrics = "\(root)/runs/nvil/seed-1/metrics.jsonl"
      try write(bytes(of: metrics) + Array("x\n{\"step\":99}\n".utf8), to: metrics)
      let list = try discrete(["runs", "list"], in: root)
      #expect(list.code == 65 && list.output.contains(" 99 "))
      #expect(list.errors.contains("metrics.jsonl: line ") && list.errors.contains("not JSON"))
    }
  }

  @Test("a run that is running is not removed; once it has stopped it is")
  func remove() throws {
    try withTemporaryFolder { root in
      try makeBars(at: "\(root)/data")
      let command = try RunningCommand(
        training("\(root)/data", "--steps", "100000000", "--out", "run"), in: root)
      while !FileManager.default.fileExists(atPath: "\(root)/run/metrics.jsonl"), command.isRunning
      {
        usleep(1000)
      }
      let list = try discrete(["runs", "list", "run", "--json"], in: root)
      #expect(try list.json()["status"] as? String == "running")
      expectFailure(
        try discrete(["runs", "remove", "run", "--yes"], in: root), 73, ["run: is running"])
      command.interrupt()
      #expect(try command.wait().code == 75)
      let removed = try discrete(["runs", "remove", "run", "--yes"], in: root)
      #expect(removed.code == 0 && removed.output == "removed run\n")
      #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }
}
