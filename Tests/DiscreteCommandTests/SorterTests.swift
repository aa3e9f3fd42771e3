import Foundation
import TestSupport
import Testing

struct SorterTests {
  /// A tiny run, whose flags others may replace.
  private static func arguments(_ more: String...) -> [String] {
    [
      "train", "sorter", "--length", "3", "--batch-size", "2", "--evaluate-every", "2",
      "--evaluation-sequences", "30", "--quiet",
    ] + more
  }

  private static func run(_ arguments: [String], in root: String) throws -> [String: Any] {
    let run = try discrete(arguments + ["--json"], in: root)
    #expect(run.code == 0, "\(run.errors)")
    return try run.json()
  }

  @Test("a run on digits leaves figures, checkpoints and a picture, which eval finds again")
  func digits() throws {
    try withTemporaryFolder { root in
      let folder = "\(root)/run"
      let summary = try Self.run(
        Self.arguments("--digits", "2", "--steps", "5", "--out", folder), in: root)
      let metrics = try text(of: "\(folder)/metrics.jsonl").split(separator: "\n")
      #expect(metrics.count == 3)
      #expect(FileManager.default.fileExists(atPath: "\(folder)/samples/final.png"))
      let found = try Self.run(["eval", folder], in: root)
      #expect(found["exact"] as? Double == summary["test_exact"] as? Double)
      #expect(found["elementwise"] as? Double == summary["test_elementwise"] as? Double)
      #expect(found["sequences"] as? Int == 30)
      let best = try discrete(["eval", folder, "--checkpoint", "best"], in: root)
      #expect(best.code == 0 && best.output.hasPrefix("sequences        30\nexact "))
      let failure = try discrete(["eval", folder, "--samples", "3"], in: root)
      #expect(failure.code == 64 && failure.errors.contains("--samples is for likelihoods"))
    }
  }

  @Test("a report names the figures, the run and its picture; of several seeds, intervals")
  func report() throws {
    try withTemporaryFolder { root in
      let one = try discrete(Self.arguments("--steps", "2", "--out", "run"), in: root)
      for words in [
        "steps            2 in ", "loss  ", "test exact  ", "run              run\n",
        "picture          run/samples/final.png ",
      ] {
        #expect(one.output.contains(words), "\(one.output)")
      }
      let several = try discrete(
        Self.arguments("--data", "numbers", "--steps", "2", "--seeds", "2", "--out", "study"),
        in: root)
      #expect(several.output.hasPrefix("2 seeds, 95 % intervals\ntest exact "))
      #expect(several.output.hasSuffix("study/seed-1 to study/seed-2\n"))
    }
  }

  @Test(
    "what makes no sense is one sentence and an exit code",
    arguments: [
      (["--length", "1"], 64, "length is '1'"), (["--data", "nowhere"], 66, "no such folder"),
      (["--set", "steps=0"], 64, "steps is '0'"), (["--config", "/nowhere"], 66, "/nowhere"),
      (["--method", "neuralsort"], 64, "did you mean 'neural-sort'?"),
      (["--learning-rate", "1e30", "--optimizer", "sgd", "--data", "numbers"], 1, "the loss is "),
      (["--seeds", "2", "--seed", "3"], 64, "excludes seed"),
    ])
  func mistakes(_ flags: [String], code: Int, words: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(Self.arguments("--out", "\(root)/run") + flags, in: root)
      expectFailure(run, Int32(code), [words])
      #expect(code == 1 || !FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }

  @Test("a run that has ended stays as it is, and is tested on what it sorts")
  func ended() throws {
    try withTemporaryFolder { root in
      let folder = "\(root)/run"
      let first = try discrete(
        Self.arguments("--data", "numbers", "--length", "20", "--steps", "4", "--out", folder)
          + ["--json"], in: root)
      #expect(first.code == 0, "\(first.errors)")
      for steps in [[], ["--steps", "2"]] {
        let again = try discrete(
          ["train", "sorter", "--resume", folder, "--json"] + steps, in: root)
        #expect(again.code == 0 && again.output == first.output, "\(again.errors)")
      }
      let other = try discrete(
        ["train", "sorter", "--resume", folder, "--length", "9"], in: root)
      expectFailure(other, 64, ["--resume goes on with the settings", "--steps"])
      let images = try discrete(["eval", folder, "--data", "glyphs"], in: root)
      expectFailure(images, 64, ["plain numbers"])
    }
  }

  @Test("SIGINT leaves a checkpoint and exit code 75; --resume goes on to the same end")
  func interrupted() throws {
    try withTemporaryFolder { root in
      let flags = ["--data", "numbers", "--steps", "4000", "--evaluate-every", "100", "--out"]
      let running = try RunningCommand(Self.arguments() + flags + ["parts"], in: root)
      let metrics = "\(root)/parts/metrics.jsonl"
      while running.isRunning, !FileManager.default.fileExists(atPath: metrics) { usleep(1000) }
      running.interrupt()
      expectFailure(
        try running.wait(), 75, ["interrupted at step ", "discrete train sorter --resume parts"])
      _ = try Self.run(["train", "sorter", "--resume", "parts"], in: root)
      _ = try Self.run(Self.arguments() + flags + ["whole"], in: root)
      for name in ["checkpoints/last.safetensors", "metrics.jsonl"] {
        let same =
          try steadyBytes(of: "\(root)/whole/\(name)") == steadyBytes(of: "\(root)/parts/\(name)")
        #expect(same, "\(name)")
      }
    }
  }

  @Test("images without labels, or without every digit, are told apart from those that do")
  func unlabeled() throws {
    try withTemporaryFolder { root in
      let data = "\(root)/bars"
      try makeBars(at: data)
      let flags = Self.arguments("--data", data, "--out", "\(root)/run")
      let few = try discrete(flags, in: root)
      #expect(few.code == 65 && few.errors.contains("none of the training images is labeled 2"))
      for part in ["train", "t10k"] {
        try FileManager.default.removeItem(atPath: "\(data)/\(part)-labels-idx1-ubyte")
      }
      let none = try discrete(flags, in: root)
      #expect(none.code == 65 && none.errors.contains("the training images have no labels"))
      #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }
}
