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
      _ = try Self.run(["eval", folder, "--checkpoint", "best"], in: root)
      let failure = try discrete(["eval", folder, "--samples", "3"], in: root)
      #expect(failure.code == 64 && failure.errors.contains("--samples is for likelihoods"))
    }
  }

  @Test(
    "a run that goes on ends as if it had never stopped",
    arguments: [
      ["--method", "neural-sort:samples=2"], ["--method", "soft-sort", "--optimizer", "rmsprop"],
      ["--method", "gumbel-sinkhorn", "--learning-rate", "0.1"],
      ["--temperature", "gaps:share=0.3"],
      ["--method", "soft-sort:power=2", "--temperature", "gaps"],
      ["--method", "reinforce:samples=2,baseline=leave-one-out", "--cost", "misplaced"],
      ["--method", "relax", "--schedule", "cosine:over=9"], ["--method", "unordered-set"],
    ])
  func resumed(setting: [String]) throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      let base = Self.arguments("--data", "numbers") + setting
      _ = try Self.run(base + ["--steps", "9", "--out", whole], in: root)
      _ = try Self.run(base + ["--steps", "4", "--out", parts], in: root)
      _ = try Self.run(
        ["train", "sorter", "--resume", parts, "--steps", "9", "--quiet"], in: root)
      for name in ["checkpoints/last.safetensors", "metrics.jsonl"] {
        #expect(try bytes(of: "\(whole)/\(name)") == bytes(of: "\(parts)/\(name)"), "\(name)")
      }
    }
  }

  @Test(
    "numbers are sorted without a fault by relaxed matchings", arguments: [5, 15])
  func numbers(length: Int) throws {
    try withTemporaryFolder { root in
      let summary = try Self.run(
        [
          "train", "sorter", "--data", "numbers", "--length", "\(length)", "--method",
          "gumbel-sinkhorn", "--learning-rate", "0.1", "--batch-size", "10", "--steps", "400",
          "--evaluate-every", "400", "--out", "\(root)/run", "--quiet",
        ], in: root)
      #expect(summary["test_exact"] as? Double == 1)
    }
  }

  @Test(
    "what makes no sense is one sentence and an exit code",
    arguments: [
      (["--length", "1"], 64, "length is '1'"), (["--length", "0"], 64, "length is '0'"),
      (["--length", "11"], 64, "length is 11, but only 10 numbers have 1 digit"),
      (["--digits", "10"], 64, "digits is '10'"), (["--digits", "0"], 64, "digits is '0'"),
      (["--method", "neuralsort"], 64, "did you mean 'neural-sort'?"),
      (["--method", "arm"], 64, "unknown method 'arm'"),
      (["--method", "neural-sort:hard=true"], 64, "unknown option of neural-sort 'hard'"),
      (["--method", "soft-sort:power=3"], 64, "power is '3'"),
      (["--method", "gumbel-sinkhorn:loss=square"], 64, "unknown loss 'square'"),
      (["--method", "reinforce", "--temperature", "2"], 64, "temperature is set"),
      (["--cost", "misplaced"], 64, "cost is set"),
      (["--temperature", "0"], 64, "temperature is '0'"),
      (["--temperature", "gap"], 64, "temperature is 'gap'"),
      (["--temperature", "gaps:share=1.5"], 64, "share is '1.5'"),
      (["--temperature", "gaps", "--method", "gumbel-sinkhorn"], 64, "a matching has no gaps"),
      (["--data", "numbers", "--digits", "2"], 64, "digits is set"),
      (["--data", "nowhere"], 66, "nowhere: no such folder"),
      (["--batch-size", "100000"], 64, "a batch of 100000 sequences"),
      (
        ["--data", "numbers", "--length", "100", "--method", "reinforce:samples=100000"], 64,
        "at most 1 GiB"
      ),
      (
        ["--data", "numbers", "--length", "500", "--method", "relax:units=100000"], 64,
        "units is '100000'"
      ),
      (["--learning-rate", "1e30", "--optimizer", "sgd", "--data", "numbers"], 1, "the loss is "),
    ])
  func mistakes(_ flags: [String], code: Int, words: String) throws {
    try withTemporaryFolder { root in
      let run = try discrete(Self.arguments("--out", "\(root)/run") + flags, in: root)
      #expect(Int(run.code) == code, "\(run.errors)")
      #expect(run.errors.contains(words), "\(run.errors)")
      #expect(run.errors.split(separator: "\n").count == 1)
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
      let images = try discrete(["eval", folder, "--data", "glyphs"], in: root)
      #expect(images.code == 64 && images.errors.contains("plain numbers"), "\(images.errors)")
    }
  }

  @Test("images without labels, or without every digit, are told apart from those that do")
  func unlabelled() throws {
    try withTemporaryFolder { root in
      let data = "\(root)/bars"
      try makeBars(at: data)
      let flags = Self.arguments("--data", data, "--out", "\(root)/run")
      let few = try discrete(flags, in: root)
      #expect(few.code == 65 && few.errors.contains("none of the training images is labelled 2"))
      for part in ["train", "t10k"] {
        try FileManager.default.removeItem(atPath: "\(data)/\(part)-labels-idx1-ubyte")
      }
      let none = try discrete(flags, in: root)
      #expect(none.code == 65 && none.errors.contains("the training images have no labels"))
      #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
    }
  }
}
