import Experiments
import Formats
import Foundation
import Learning
import Runs
import Tensors
import TestSupport
import Testing

/// Runs of `train sequence-gan`: what they leave, how they stop, and how they go on.
struct SequenceExperimentTests {
  private let launch = TinySequences.launch()

  /// What a run leaves that depends on no clock.
  private func expectSame(_ a: String, _ b: String) throws {
    for name in [
      "checkpoints/last.safetensors", "metrics.jsonl", "metrics.csv", "samples/final.txt",
    ] {
      let isSame = try steadyBytes(of: "\(a)/\(name)") == steadyBytes(of: "\(b)/\(name)")
      #expect(isSame, "\(name)")
    }
  }

  private func progress(of path: String) throws -> [String: String] {
    try Checkpoint.metadata(of: "\(path)/checkpoints/last.safetensors")
  }

  @Test("every way of following the discriminator runs, and equal seeds give equal runs")
  func ways() throws {
    try withTemporaryFolder { root in
      for (place, way) in TinySequences.ways.enumerated() {
        let (a, b) = ("\(root)/\(place)-a", "\(root)/\(place)-b")
        let summary = try launch.begin(TinySequences.settings(way), in: a)
        _ = try launch.begin(TinySequences.settings(way), in: b)
        try expectSame(a, b)
        // The settings that a run leaves are those of a run.
        let run = try TrainedSequences(run: a)
        #expect(run.generator.firstNonFinite == nil)
        for figure in try run.evaluate() { #expect(summary[figure.key] == figure.value, "\(way)") }
      }
    }
  }

  @Test(
    "a run that is stopped at random moments ends as if it had never been",
    arguments: [
      ["adversarial-steps": "0", "pretrain-epochs": "3"], [:],
      ["baseline": "network", "discriminator-rounds": "2"], ["estimator": "relax"],
      ["estimator": "st-gumbel-softmax"],
      ["discriminator": "recurrent", "reward": "tokens", "baseline": "moving-average"],
    ])
  func interrupted(more: [String: String]) throws {
    try withTemporaryFolder { root in
      let settings = try TinySequences.settings(more)
      let whole = "\(root)/whole"
      _ = try launch.begin(settings, in: whole)
      let before = try questions(SequenceExperiment.self, settings)
      var (epochs, rounds, evaluations) = (0, 0, 0)
      for seed in 1...4 as ClosedRange<UInt64> {
        let path = "\(root)/\(seed)"
        var generator = Philox(seed: seed)
        while true {
          // A moment is a question whether to stop: before the work, between its pieces, and within
          // the long ones.
          let left = Countdown(Int.random(in: 1..<before + 40, using: &generator))
          do {
            _ = try TinySequences.launch(stop: StopCheck { left.isOver }).complete(
              settings, in: path)
            break
          } catch let failure as Failure where failure.kind == .interrupted {
            guard try fileExists(path) else { continue }
            let progress = try progress(of: path)
            let isWithin = progress["batch"] != "0"
            epochs += isWithin && progress["lessons"] == "0" ? 1 : 0
            rounds += isWithin && progress["lessons"] != "0" ? 1 : 0
            evaluations += progress["evaluated"] == "false" && !isWithin ? 1 : 0
          }
        }
        try expectSame(whole, path)
      }
      #expect(epochs > 0 && evaluations > 0)
      #expect(rounds > 0 || more["adversarial-steps"] == "0")
    }
  }

  @Test(
    "a run that is stopped before its work begins leaves nothing, or what was there",
    arguments: [[:], ["oracle": "hmm:states=3"], ["data": "molecules"]])
  func stoppedBefore(more: [String: String]) throws {
    try expectUntouchedIfStoppedBefore(SequenceExperiment.self, TinySequences.settings(more))
  }

  @Test("so does a run on a text", arguments: ["characters", "lines", "words", "bases"])
  func textStoppedBefore(unit: String) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/text"
      let text = (0..<40).map {
        "\(unit == "bases" ? ">\($0)\n" : "")ACGT\($0 % 2 == 0 ? "A" : "C")"
      }
      try write(Array(text.joined(separator: "\n").utf8), to: path)
      try expectUntouchedIfStoppedBefore(
        SequenceExperiment.self, TinySequences.settings(["data": path, "tokens": unit]))
    }
  }

  @Test("a run is made longer in epochs, then in steps, and equals one of that length")
  func extended() throws {
    try withTemporaryFolder { root in
      func settings(_ epochs: Int, _ steps: Int) throws -> Settings {
        try TinySequences.settings([
          "evaluate-every": "2", "pretrain-epochs": "\(epochs)", "adversarial-steps": "\(steps)",
        ])
      }
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      _ = try launch.begin(settings(5, 3), in: whole)
      _ = try launch.begin(settings(1, 0), in: parts)
      _ = try launch.resume(parts, lengths: [("pretrain-epochs", "5")])
      _ = try launch.resume(parts, lengths: [("adversarial-steps", "1")])
      let summary = try launch.resume(
        parts, lengths: [("pretrain-epochs", "5"), ("adversarial-steps", "3")])
      #expect(summary["steps"] == 23)
      try expectSame(whole, parts)
      #expect(try RunFolder(opening: parts).read("config.json")["adversarial-steps"] == 3)
      // An end before the present changes nothing.
      for lengths in [[("adversarial-steps", "2")], [("pretrain-epochs", "4")]] {
        #expect(try launch.resume(parts, lengths: lengths) == summary)
      }
      let failure = try #require(throws: Failure.self) {
        try launch.resume(parts, lengths: [("pretrain-epochs", "6")])
      }
      #expect(failure.kind == .usage)
      #expect(failure.description.contains("follows its discriminator since epoch 5"))
      try expectSame(whole, parts)
    }
  }

  @Test("metrics have a line for every evaluation, and of the last step where it is none")
  func metrics() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let summary = try launch.begin(
        TinySequences.settings([
          "evaluate-every": "2", "pretrain-epochs": "3", "adversarial-steps": "3",
        ]), in: path)
      let lines = try Metrics(RunFolder(opening: path)).lines()
      #expect(lines.map { $0["step"] } == [0, 8, 12, 14, 15])
      #expect(lines.map { $0["epoch"] ?? .null } == [0, 2, 3, 3, 3])
      #expect(lines.map { $0["adversarial_step"] ?? .null } == [.null, .null, .null, 2, 3])
      #expect(lines.map { $0["discriminator_loss"] != nil } == [false, false, false, true, true])
      #expect(lines.last?["nll_oracle"] == summary["nll_oracle"])
      #expect(try text(of: "\(path)/samples/final.txt").split(separator: "\n").count == 20)
    }
  }

  @Test("no round of the discriminator between steps: no loss is told")
  func noRounds() throws {
    try withTemporaryFolder { root in
      _ = try launch.begin(
        TinySequences.settings(["discriminator-rounds": "0"]), in: "\(root)/run")
      let last = try #require(try Metrics(RunFolder(opening: "\(root)/run")).lines().last)
      #expect(last["adversarial_step"] == 2 && last["reward"]?.number ?? 0 > 0)
      #expect(last["discriminator_loss"] == nil)
    }
  }

  @Test(
    "a rate that ends in weights that are not finite: one sentence, and good weights are kept",
    arguments: [
      ["learning-rate": "1e38", "adversarial-steps": "0", "pretrain-epochs": "1"],
      ["learning-rate": "1e38", "adversarial-steps": "0", "batch-size": "60"],
      ["adversarial-learning-rate": "1e38"], ["adversarial-learning-rate": "1e39"],
      ["discriminator-learning-rate": "1e39", "adversarial-steps": "1"],
    ])
  func diverged(more: [String: String]) throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let failure = try #require(throws: Failure.self) {
        try launch.begin(TinySequences.settings(more), in: path)
      }
      #expect(failure.kind == .failedCheck, "\(failure)")
      #expect(failure.description.contains("is kept in \(path)/checkpoints/last.safetensors"))
      for (name, tensor) in try SafeTensors.read("\(path)/checkpoints/last.safetensors").tensors {
        #expect(tensor.allFinite, "\(name)")
      }
      #expect(try RunFolder(opening: path).status == .failed)
      #expect(throws: Never.self) { try TrainedSequences(run: path).evaluate() }
    }
  }
}
