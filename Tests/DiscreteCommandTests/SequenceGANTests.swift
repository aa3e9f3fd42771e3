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
          "run", "steps", "seconds", "steps_per_second", "nll_oracle", "nll_generator", "entropy",
          "oracle_entropy",
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
      // The same weights and data as before the first adversarial step, and as the last evaluation had.
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

  @Test("Equal seeds give equal runs, with every baseline")
  func repeats() throws {
    try withTemporaryFolder { root in
      for baseline in ["leave-one-out", "moving-average", "constant"] {
        var files: [TensorFile] = []
        for name in ["a", "b"] {
          let run = try discrete(
            TinySequences.arguments("--out", "\(root)/\(baseline)-\(name)", "--baseline", baseline)
              + TinySequences.random, in: root)
          #expect(run.code == 0, "\(run.errors)")
          files.append(
            try TensorFile("\(root)/\(baseline)-\(name)/checkpoints/last.safetensors"))
        }
        #expect(files[0].isIdentical(to: files[1]) && files[0].nonFinite.isEmpty)
      }
    }
  }

  @Test("Every way of following the discriminator runs, and equal seeds give equal runs")
  func choices() throws {
    try withTemporaryFolder { root in
      for (place, more) in [
        ["--baseline", "network", "--adversarial-learning-rate", "0.001"],
        ["--estimator", "relax"], ["--estimator", "reinforce:baseline=leave-one-out"],
        ["--estimator", "st-gumbel-softmax", "--temperature", "0.8"],
        ["--discriminator", "recurrent"],
        // Sequences that end.
        ["--data", "molecules", "--estimator", "relax"],
        ["--data", "molecules", "--estimator", "st-gumbel-softmax"],
        ["--discriminator", "recurrent", "--estimator", "st-gumbel-softmax"],
        ["--discriminator", "recurrent", "--estimator", "relax", "--reward", "tokens"],
        [
          "--discriminator", "recurrent", "--reward", "tokens", "--discount", "0.23",
          "--baseline", "moving-average", "--batch-size", "32", "--pretrain-epochs", "0",
        ],
      ].enumerated() {
        let isGiven = more.contains("--data")
        var arguments =
          TinySequences.arguments("--json") + (isGiven ? [] : TinySequences.random) + more
        if more.contains("recurrent"), let at = arguments.firstIndex(of: "--filters") {
          arguments.removeSubrange(at...at + 1)
        }
        if more.contains("st-gumbel-softmax") || more.contains("tokens"),
          let at = arguments.firstIndex(of: "--roll-outs")
        {
          arguments.removeSubrange(at...at + 1)
        }
        var files: [TensorFile] = []
        for name in ["a", "b"] {
          let run = try discrete(arguments + ["--out", "\(root)/\(place)-\(name)"], in: root)
          #expect(run.code == 0, "\(more): \(run.errors)")
          files.append(try TensorFile("\(root)/\(place)-\(name)/checkpoints/last.safetensors"))
        }
        #expect(files[0].isIdentical(to: files[1]) && files[0].nonFinite.isEmpty)
        // The settings that a run leaves are those of a run.
        let eval = try discrete(["eval", "\(root)/\(place)-a", "--json"], in: root)
        #expect(eval.code == 0, "\(more): \(eval.errors)")
      }
      for (more, word) in [
        (["--reward", "tokens"], "recurrent"),
        (["--estimator", "st-gumbel-softmax", "--baseline", "none"], "baseline"),
        (["--discount", "0.5"], "discount"), (["--discount", "2"], "'2'"),
        (["--lag", "1"], "'1'"),
        (["--estimator", "relaxed"], "relax"),
        (["--estimator", "reinforce:baseline=leave-on-out"], "leave-one-out"),
        (["--estimator", "reinforce:baseline=none", "--baseline", "none"], "by estimator too"),
        (["--estimator", "relax:baseline=none"], "'relax' takes no options"),
      ] {
        let run = try discrete(["train", "sequence-gan"] + more, in: root)
        #expect(run.code == 64 && run.errors.contains(word), "\(more): \(run.errors)")
      }
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

  @Test(
    "Short sequences have those of the default filters that fit, also when their run is read again")
  func shortFilters() throws {
    try withTemporaryFolder { root in
      var arguments = TinySequences.arguments("--out", "\(root)/run") + TinySequences.random
      if let at = arguments.firstIndex(of: "--filters") { arguments.removeSubrange(at...at + 1) }
      let run = try discrete(arguments + ["--length", "3"], in: root)
      #expect(run.code == 0, "\(run.errors)")
      let sample = try discrete(
        ["sample", "\(root)/run", "--top-k", "2", "--count", "9"], in: root)
      #expect(sample.code == 0, "\(sample.errors)")
      #expect(sample.output.split(separator: "\n").count == 9)
      let nucleus = try discrete(["sample", "\(root)/run", "--nucleus", "0.5"], in: root)
      #expect(nucleus.code == 0, "\(nucleus.errors)")
    }
  }

  @Test("No round of the discriminator between steps: no loss is told")
  func noRounds() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        TinySequences.arguments("--out", "\(root)/run", "--discriminator-rounds", "0")
          + TinySequences.random, in: root)
      #expect(run.code == 0, "\(run.errors)")
      let last = try #require(try TinySequences.lines("\(root)/run/metrics.jsonl").last)
      #expect(last["adversarial_step"] as? Int == 2 && last["reward"] as? Double ?? 0 > 0)
      #expect(last["discriminator_loss"] == nil)
    }
  }

  @Test(
    "Runs are weighed against likelihood that was learned to the end and as long, or not at all")
  func beneath() throws {
    try withTemporaryFolder { root in
      for (name, flags) in [
        ("raw", ["--pretrain-epochs", "0"]), ("likelihood", ["--adversarial-steps", "0"]),
        ("untrained", ["--adversarial-steps", "0", "--pretrain-epochs", "0"]),
        ("longer", ["--pretrain-epochs", "3"]), ("shorter", []),
      ] {
        let run = try discrete(
          TinySequences.arguments("--out", "\(root)/\(name)") + TinySequences.random + flags,
          in: root)
        #expect(run.code == 0, "\(run.errors)")
      }
      let alone = try discrete(["sweep", "\(root)/raw"], in: root)
      #expect(alone.code == 64 && alone.errors.contains("not pre-trained"))
      for (pair, word) in [
        (["raw", "untrained"], "not pre-trained"), (["shorter", "longer"], "for 3 epochs"),
      ] {
        let run = try discrete(["sweep"] + pair.map { "\(root)/\($0)" }, in: root)
        #expect(run.code == 64 && run.errors.contains(word), "\(run.errors)")
      }
      let both = try discrete(
        ["sweep", "\(root)/raw", "\(root)/likelihood", "--temperatures", "2,1", "--json"], in: root)
      #expect(both.code == 0, "\(both.errors)")
      let rows = try jsonObjects(both.output)
      #expect(
        rows.map { $0["model"] as? String }
          == ["likelihood", "likelihood", "raw", "raw"].map { "\(root)/\($0)" })
      #expect(rows.map { $0["temperature"] as? Double } == [1, 2, 1, 2])
      #expect(rows.map { $0["verdict"] == nil } == [true, true, false, false])
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

  @Test(
    "An interrupted run goes on bit for bit, in whatever phase and with whatever state",
    arguments: [
      ["--pretrain-epochs", "400"], ["--discriminator-pretrain-rounds", "400"],
      ["--adversarial-steps", "150", "--baseline", "network"],
      [
        "--adversarial-steps", "150", "--baseline", "moving-average", "--discriminator-rounds", "3",
      ],
      ["--adversarial-steps", "150", "--estimator", "relax"],
    ])
  func resume(more: [String]) throws {
    try withTemporaryFolder { root in
      let flags = more + ["--evaluate-every", "5"] + TinySequences.random
      let whole = try discrete(TinySequences.arguments("--out", "\(root)/whole") + flags, in: root)
      #expect(whole.code == 0, "\(whole.errors)")
      let running = try RunningCommand(
        TinySequences.arguments("--out", "\(root)/parts") + flags, in: root)
      // The evaluation after two epochs is the last one before the rounds.
      let lines = more.contains("--discriminator-pretrain-rounds") ? 2 : 6
      while running.isRunning,
        (try? TinySequences.lines("\(root)/parts/metrics.jsonl").count) ?? 0 < lines
      {
        Thread.sleep(forTimeInterval: 0.002)
      }
      running.interrupt()
      let stopped = try running.wait()
      #expect(stopped.code == 75, "\(stopped.errors)")
      // What was logged after the last checkpoint, as where power fails, is forgotten.
      try write(bytes(of: "\(root)/whole/metrics.jsonl"), to: "\(root)/parts/metrics.jsonl")
      let rest = try discrete(
        ["train", "sequence-gan", "--resume", "\(root)/parts", "--quiet", "--json"], in: root)
      #expect(rest.code == 0, "\(rest.errors)")
      #expect(
        try TensorFile("\(root)/whole/checkpoints/last.safetensors")
          .isIdentical(to: TensorFile("\(root)/parts/checkpoints/last.safetensors")))
      #expect(
        try text(of: "\(root)/whole/metrics.jsonl") == text(of: "\(root)/parts/metrics.jsonl"))
    }
  }
}
