import Formats
import Foundation
import TestSupport
import Testing

/// `train sequence-gan` and the verbs that look at its runs.
struct SequenceGANTests {
  @Test("A run against a random oracle: figures at every evaluation, a summary, samples")
  func randomOracle() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        TinySequences.arguments("--out", "\(root)/run", "--json") + TinySequences.random, in: root)
      #expect(run.code == 0, "\(run.errors)")
      let summary = try run.json()
      #expect(
        Set(summary.keys) == [
          "run", "steps", "seconds", "steps_per_second", "session_steps", "session_seconds",
          "nll_oracle", "nll_generator", "entropy", "oracle_entropy",
        ])
      #expect(summary["steps"] as? Int == 2 * 4 + 2)
      let metrics = try TinySequences.lines("\(root)/run/metrics.jsonl")
      #expect(metrics.count == 5)
      #expect(metrics.map { $0["step"] as? Int } == [0, 4, 8, 9, 10])
      for line in metrics {
        #expect((line["nll_oracle"] as? Double ?? 0) > 0)
        #expect((line["nll_generator"] as? Double ?? 0) > 0)
      }
      #expect(summary["nll_oracle"] as? Double == metrics[4]["nll_oracle"] as? Double)
      #expect(try text(of: "\(root)/run/samples/final.txt").split(separator: "\n").count == 20)
      let eval = try discrete(["eval", "\(root)/run", "--json"], in: root)
      #expect(eval.code == 0, "\(eval.errors)")
      for (key, value) in try eval.json() {
        #expect(value as? Double == summary[key] as? Double, "\(key)")
      }
      let images = try discrete(["eval", "\(root)/run", "--samples", "2"], in: root)
      #expect(images.code == 64 && images.errors.contains("'sequence-gan'"))

      let sample = try discrete(
        ["sample", "\(root)/run", "--count", "3", "--prefix", "6,0", "--temperature", "0.5"],
        in: root)
      #expect(sample.code == 0, "\(sample.errors)")
      let rows = sample.output.split(separator: "\n").map { $0.split(separator: " ") }
      #expect(rows.count == 3 && rows.allSatisfy { $0.count == 5 && $0.starts(with: ["6", "0"]) })
      #expect(rows.allSatisfy { $0.allSatisfy { (0..<7).contains(Int($0) ?? -1) } })

      let distinct = try discrete(
        ["sample", "\(root)/run", "--count", "200", "--distinct"], in: root)
      #expect(distinct.code == 0, "\(distinct.errors)")
      #expect(Set(distinct.output.split(separator: "\n")).count == 200)
      let begun = try discrete(
        ["sample", "\(root)/run", "--distinct", "--prefix", "6"], in: root)
      #expect(begun.code == 64 && begun.errors.contains("--distinct"))

      let sweep = try discrete(
        [
          "sweep", "\(root)/run", "--temperatures", "0.5,1,2", "--samples", "200", "--json",
          "--figure", "\(root)/sweep.svg",
        ], in: root)
      #expect(sweep.code == 0, "\(sweep.errors)")
      let table = try jsonObjects(sweep.output)
      // The curve before the first adversarial step, and that after the last.
      #expect(table.compactMap { $0["temperature"] as? Double } == [0.5, 1, 2, 0.5, 1, 2])
      #expect(table.map { $0["verdict"] != nil } == [false, false, false, true, true, true])
      let entropies = table.compactMap { $0["entropy"] as? Double }
      #expect(entropies.count == 6 && Array(entropies[..<3]) == entropies[..<3].sorted())
      // The same weights and data as before the first adversarial step, and as the last evaluation
      // had.
      for (row, expected) in [(1, metrics[2]), (4, summary)] {
        let found = table[row]["nll_generator"] as? Double ?? 0
        #expect(abs(found - (expected["nll_generator"] as? Double ?? -1)) < 1e-6)
      }
      #expect(try text(of: "\(root)/sweep.svg").hasPrefix("<svg"))
      let pictures = try discrete(["sample", "\(root)/run", "--out", "x.png"], in: root)
      #expect(pictures.code == 64 && pictures.errors.contains("--out"))
      let wrong = try discrete(["sweep", "\(root)/run", "--temperatures", "1,0"], in: root)
      #expect(wrong.code == 64 && wrong.errors.contains("'0'"))
    }
  }

  @Test("A study of every way leaves a table, a figure and the runs")
  func study() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        [
          "gan-study", "--out", "\(root)/runs", "--seeds", "2", "--steps", "2",
          "--pretrain-epochs", "1", "--figure", "\(root)/study.svg", "--json",
        ], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let lines = try jsonObjects(run.output)
      #expect(lines.count == 5 && Set(lines.compactMap { $0["way"] as? String }).count == 5)
      #expect(lines.allSatisfy { $0["nll_oracle"] as? Double ?? 0 > 0 })
      // All start from the same generators, so that what they differ by is what they learned since.
      let starts = lines.map {
        ($0["nll_generator"] as? Double ?? 0) - ($0["nll_generator_change"] as? Double ?? 0)
      }
      #expect(starts.allSatisfy { abs($0 - starts[0]) < 1e-9 })
      // Likelihood's own temperatures lie on its curve.
      #expect(abs(lines.last?["margin"] as? Double ?? 1) < 1e-9)
      #expect(lines.allSatisfy { $0["margin_half"] as? Double ?? -1 >= 0 })
      #expect(try text(of: "\(root)/study.svg").contains("straight-through"))
      #expect(try TinySequences.lines("\(root)/runs/learned-baseline-2/metrics.jsonl").count > 1)
    }
  }

  @Test("Numbers that are not: one sentence, and what stood before is kept")
  func nonFinite() throws {
    try withTemporaryFolder { root in
      for (name, rate) in [("discriminator-learning-rate", "1e38"), ("learning-rate", "1e38")] {
        let run = try discrete(
          TinySequences.arguments("--out", "\(root)/\(name)", "--\(name)", rate)
            + TinySequences.random, in: root)
        #expect(run.code == 1)
        #expect(
          run.errors.contains("at step") && run.errors.contains("last.safetensors"),
          "\(run.errors)")
        let kept = try TensorFile("\(root)/\(name)/checkpoints/last.safetensors")
        #expect(kept.nonFinite.isEmpty)
      }
    }
  }

  @Test("SIGINT stops a run within an epoch, with 75 and a checkpoint that --resume goes on from")
  func interrupted() throws {
    try withTemporaryFolder { root in
      let folder = "\(root)/run"
      let flags = TinySequences.random + ["--sequences", "20000", "--batch-size", "1"]
      let running = try RunningCommand(
        TinySequences.arguments("--out", folder, "--checkpoint-every", "5steps") + flags, in: root)
      let last = "\(folder)/checkpoints/last.safetensors"
      while running.isRunning, (try? TensorFile(last).step) ?? 0 == 0 {
        Thread.sleep(forTimeInterval: 0.002)
      }
      running.interrupt()
      let stopped = try running.wait()
      expectFailure(stopped, 75, ["interrupted at step ", "--resume \(folder)"])
      #expect(try text(of: "\(folder)/STATUS") == "interrupted\n")
      let progress = try SafeTensors.read(last).metadata
      #expect(progress["epochs"] == "0" && progress["batch"] == progress["step"])
      let step = try #require(progress["step"].flatMap(Int.init))
      #expect(step > 0 && step < 20000 && stopped.errors.contains("at step \(step);"))
      // The whole of a run that goes on is in SequenceExperimentTests; here it ends soon.
      let other = try discrete(
        ["train", "sequence-gan", "--resume", folder, "--length", "4"], in: root)
      expectFailure(other, 64, ["only --pretrain-epochs, --adversarial-steps may differ"])
    }
  }

  @Test("a finished run is made longer, and --seeds trains several with intervals")
  func lengths() throws {
    try withTemporaryFolder { root in
      let train = TinySequences.arguments("--json") + TinySequences.random
      let run = try discrete(train + ["--out", "\(root)/run"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let longer = try discrete(
        ["train", "sequence-gan", "--resume", "\(root)/run", "--adversarial-steps", "4", "--json"],
        in: root)
      #expect(try longer.json()["steps"] as? Int == 12)
      let seeds = try discrete(train + ["--seeds", "2", "--out", "\(root)/seeds"], in: root)
      #expect(seeds.code == 0, "\(seeds.errors)")
      let summary = try seeds.json()
      for key in ["nll_oracle", "nll_generator", "entropy"] {
        #expect(summary[key] is Double && summary["\(key)_interval"] is Double, "\(key)")
      }
    }
  }
}
