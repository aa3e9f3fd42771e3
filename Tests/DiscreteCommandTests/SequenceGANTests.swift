import Formats
import Foundation
import Tensors
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(2)))
struct SequenceGANTests {
  /// A tiny run against a random oracle, whose flags others may replace.
  private static func arguments(_ more: String...) -> [String] {
    [
      "train", "sequence-gan", "--length", "5", "--sequences", "60", "--evaluation-sequences",
      "40", "--embedding", "4", "--hidden", "6", "--filters", "1x4,2x4", "--batch-size", "16",
      "--pretrain-epochs", "2", "--adversarial-steps", "2", "--discriminator-pretrain-rounds",
      "1", "--discriminator-rounds", "1", "--discriminator-epochs", "1", "--roll-outs", "2",
      "--evaluate-every", "1", "--quiet",
    ] + more
  }

  private static let random = ["--vocabulary", "7"]

  /// The arrays of an oracle of five tokens, two numbers each, three units.
  private static func oracle() -> [String: Tensor] {
    var generator = Philox(seed: 3)
    var shapes = ["embeddings": [5, 2], "Wo": [3, 5], "bo": [5]]
    for gate in ["i", "f", "og", "c"] {
      shapes["W" + gate] = [2, 3]
      shapes["U" + gate] = [3, 3]
      shapes["b" + gate] = [3]
    }
    return shapes.mapValues { .randomNormal($0, using: &generator) }
  }

  private static func save(_ arrays: [String: Tensor], in root: String) throws -> String {
    let path = "\(root)/oracle.safetensors"
    try SafeTensors.write(arrays.map { (name: $0.key, tensor: $0.value) }, to: path)
    return path
  }

  private static func lines(_ path: String) throws -> [[String: Any]] {
    try text(of: path).split(separator: "\n").map {
      try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
    }
  }

  @Test("A run against a random oracle: figures at every evaluation, a summary, samples")
  func randomOracle() throws {
    try withTemporaryFolder { root in
      let run = try discrete(
        Self.arguments("--out", "\(root)/run", "--json") + Self.random, in: root)
      #expect(run.code == 0, "\(run.errors)")
      let summary = try run.json()
      #expect(
        Set(summary.keys) == [
          "run", "steps", "seconds", "steps_per_second", "nll_oracle", "nll_generator", "entropy",
          "oracle_entropy",
        ])
      #expect(summary["steps"] as? Int == 2 * 4 + 2)
      let metrics = try Self.lines("\(root)/run/metrics.jsonl")
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
      let table = try sweep.output.split(separator: "\n").map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
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
            Self.arguments("--out", "\(root)/\(baseline)-\(name)", "--baseline", baseline)
              + Self.random, in: root)
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
        var arguments = Self.arguments("--json") + (isGiven ? [] : Self.random) + more
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
      }
      for (more, word) in [
        (["--reward", "tokens"], "recurrent"),
        (["--estimator", "st-gumbel-softmax", "--baseline", "none"], "baseline"),
        (["--discount", "0.5"], "discount"), (["--discount", "2"], "'2'"),
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
      let lines = try run.output.split(separator: "\n").map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
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
      #expect(try Self.lines("\(root)/runs/learned-baseline-2/metrics.jsonl").count > 1)
    }
  }

  @Test("A run without pre-training is weighed against a run of likelihood, or not at all")
  func beneath() throws {
    try withTemporaryFolder { root in
      for (name, flags) in [
        ("raw", ["--pretrain-epochs", "0"]), ("likelihood", ["--adversarial-steps", "0"]),
      ] {
        let run = try discrete(
          Self.arguments("--out", "\(root)/\(name)") + Self.random + flags, in: root)
        #expect(run.code == 0, "\(run.errors)")
      }
      let alone = try discrete(["sweep", "\(root)/raw"], in: root)
      #expect(alone.code == 64 && alone.errors.contains("not pre-trained"))
      let both = try discrete(
        ["sweep", "\(root)/raw", "\(root)/likelihood", "--temperatures", "1", "--json"], in: root)
      #expect(both.code == 0, "\(both.errors)")
      let rows = try both.output.split(separator: "\n").map {
        try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
      }
      #expect(
        rows.map { $0["model"] as? String } == ["\(root)/likelihood", "\(root)/raw"])
      #expect(rows.map { $0["verdict"] == nil } == [true, false])
    }
  }

  @Test("Numbers that are not: one sentence, and what stood before is kept")
  func nonFinite() throws {
    try withTemporaryFolder { root in
      for (name, rate) in [("discriminator-learning-rate", "1e38"), ("learning-rate", "1e38")] {
        let run = try discrete(
          Self.arguments("--out", "\(root)/\(name)", "--\(name)", rate) + Self.random, in: root)
        #expect(run.code == 1)
        #expect(
          run.errors.contains("at step") && run.errors.contains("last.safetensors"),
          "\(run.errors)")
        let kept = try TensorFile("\(root)/\(name)/checkpoints/last.safetensors")
        #expect(kept.nonFinite.isEmpty)
      }
    }
  }

  @Test("An interrupted run goes on bit for bit")
  func resume() throws {
    try withTemporaryFolder { root in
      let steps = ["--adversarial-steps", "60"] + Self.random
      let whole = try discrete(Self.arguments("--out", "\(root)/whole") + steps, in: root)
      #expect(whole.code == 0, "\(whole.errors)")
      let running = try RunningCommand(
        Self.arguments("--out", "\(root)/parts") + steps, in: root)
      while running.isRunning,
        (try? Self.lines("\(root)/parts/metrics.jsonl").count) ?? 0 < 8
      {
        Thread.sleep(forTimeInterval: 0.005)
      }
      running.interrupt()
      let stopped = try running.wait()
      #expect(stopped.code == 75 || stopped.code == 0, "\(stopped.errors)")
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

  @Test("A text by character, whose samples are text")
  func corpus() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/text"
      try write(Array(String(repeating: "abc äö\n", count: 60).utf8), to: path)
      let run = try discrete(
        Self.arguments("--out", "\(root)/run", "--data", path, "--json"), in: root)
      #expect(run.code == 0, "\(run.errors)")
      let summary = try run.json()
      #expect(summary["nll_oracle"] == nil && summary["nll_generator"] as? Double ?? 0 > 0)
      let bits = try #require(summary["bits_per_character"] as? Double)
      #expect(abs(bits * 0.6931471805599453 - (summary["nll_generator"] as? Double ?? 0)) < 1e-9)
      let sample = try discrete(
        ["sample", "\(root)/run", "--count", "2", "--prefix", "bc ä", "--json"], in: root)
      #expect(sample.code == 0, "\(sample.errors)")
      for line in sample.output.split(separator: "\n") {
        let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
        #expect(object?["text"]?.count == 5 && object?["text"]?.hasPrefix("bc ä") == true)
      }
      let wrong = try discrete(["sample", "\(root)/run", "--prefix", "z"], in: root)
      #expect(wrong.code == 64 && wrong.errors.contains("'z'"))
    }
  }

  @Test("Lines, words and bases; samples end, and a prefix is read as the data were")
  func units() throws {
    try withTemporaryFolder { root in
      let words = String(repeating: "the cat sat\na dog\nthe dog sat on the\n", count: 20)
      try write(Array(words.utf8), to: "\(root)/words")
      try write(
        Array((">a\n" + String(repeating: "ACGTTGCA", count: 30)).utf8), to: "\(root)/bases")
      let cases: [(flags: [String], prefix: String, pattern: Regex<Substring>)] = [
        (
          ["--data", "\(root)/words", "--tokens", "words", "--minimum-count", "21"], "the zebra",
          /the <unknown>(?: (?:<unknown>|the|sat|dog))*/
        ),
        (["--data", "\(root)/words", "--tokens", "lines", "--length", "20"], "a d", /a d[a-z ]*/),
        (["--data", "\(root)/bases", "--tokens", "bases"], "GA", /GA[ACGT]{3}/),
        (["--data", "molecules", "--length", "12"], "CC(", /CC\([C-O0-9=#()]*/),
      ]
      for (place, (flags, prefix, pattern)) in cases.enumerated() {
        let out = "\(root)/\(place)"
        let run = try discrete(Self.arguments("--out", out, "--json") + flags, in: root)
        #expect(run.code == 0, "\(run.errors)")
        #expect((try run.json()["valid"] != nil) == flags.contains("molecules"))
        let sample = try discrete(
          ["sample", out, "--count", "20", "--prefix", prefix], in: root)
        #expect(sample.code == 0, "\(sample.errors)")
        let lines = sample.output.split(separator: "\n")
        #expect(lines.count == 20)
        for line in lines { #expect(try pattern.wholeMatch(in: line) != nil, "\(line)") }
        if place == 0 {
          let sweep = try discrete(
            ["sweep", out, "--temperatures", "1,1.2", "--samples", "50", "--json"], in: root)
          let rows = try sweep.output.split(separator: "\n").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:]
          }
          #expect(rows.count == 4, "\(sweep.errors)")
          for key in (2...5).flatMap({ ["bleu_\($0)", "self_bleu_\($0)"] }) {
            #expect(rows.allSatisfy { (0...1).contains($0[key] as? Double ?? -1) })
          }
        }
        if flags.contains("words") || flags.contains("lines") {
          #expect(Set(lines.map(\.count)).count > 1)
        }
      }
    }
  }

  @Test("A hidden Markov oracle, whose seed is its own")
  func hiddenMarkov() throws {
    try withTemporaryFolder { root in
      var entropies: [Double] = []
      for (place, oracle) in ["hmm:states=3,seed=5", "hmm:states=3,seed=5", "hmm:states=3"]
        .enumerated()
      {
        let run = try discrete(
          Self.arguments("--oracle", oracle, "--out", "\(root)/\(place)", "--json")
            + Self.random, in: root)
        #expect(run.code == 0, "\(run.errors)")
        let summary = try run.json()
        #expect(summary["nll_oracle"] as? Double ?? 0 > 0)
        entropies.append(summary["oracle_entropy"] as? Double ?? 0)
      }
      #expect(entropies[0] == entropies[1] && entropies[0] != entropies[2])
    }
  }

  @Test("An oracle from a file; one that lacks an array, or has it in another shape")
  func oracleFile() throws {
    try withTemporaryFolder { root in
      let path = try Self.save(Self.oracle(), in: root)
      let run = try discrete(
        Self.arguments("--oracle", path, "--out", "\(root)/run", "--json"), in: root)
      #expect(run.code == 0, "\(run.errors)")
      #expect((try run.json())["nll_oracle"] as? Double ?? 0 > 0)

      for (name, tensor, words) in [
        ("Uog", nil, ["Uog", "no array"]),
        ("Wf", Tensor.zeros([3, 2]), ["Wf", "[3, 2]", "[2, 3]"]),
        ("bo", Tensor.zeros([2, 2]), ["bo", "[2, 2]"]),
        ("bc", Tensor([0, 1, .nan]), ["bc", "not finite"]),
      ] as [(String, Tensor?, [String])] {
        var arrays = Self.oracle()
        arrays[name] = tensor
        let path = try Self.save(arrays, in: root)
        let run = try discrete(
          Self.arguments("--oracle", path, "--out", "\(root)/bad"), in: root)
        #expect(run.code == 65)
        for word in words { #expect(run.errors.contains(word), "\(run.errors)") }
        #expect(run.errors.split(separator: "\n").count == 1)
        #expect(!FileManager.default.fileExists(atPath: "\(root)/bad"))
      }
    }
  }

  @Test("An oracle in a NumPy archive is that of the safetensors file, whatever its name")
  func oracleArchive() throws {
    try withTemporaryFolder { root in
      let arrays = Self.oracle()
      let archive = storedArchive(
        arrays.map { (name: $0.key + ".npy", bytes: NPY.encode($0.value)) })
      try write(archive, to: "\(root)/oracle.npz")
      try write(archive, to: "\(root)/oracle")
      let paths = [try Self.save(arrays, in: root), "\(root)/oracle.npz", "\(root)/oracle"]
      var metrics: [String] = []
      for (place, path) in paths.enumerated() {
        let run = try discrete(
          Self.arguments("--oracle", path, "--out", "\(root)/\(place)"), in: root)
        #expect(run.code == 0, "\(run.errors)")
        metrics.append(try text(of: "\(root)/\(place)/metrics.jsonl"))
      }
      #expect(metrics[0].contains("nll_oracle") && Set(metrics).count == 1)

      try write(Array(archive.dropLast(30)), to: "\(root)/cut.npz")
      let cut = try discrete(
        Self.arguments("--oracle", "\(root)/cut.npz", "--out", "\(root)/bad"), in: root)
      #expect(cut.code == 65 && cut.errors.contains("no end of a ZIP archive"), "\(cut.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(root)/bad"))
    }
  }

  @Test("Bad input is one sentence and the right exit code")
  func badInput() throws {
    try withTemporaryFolder { root in
      try write([], to: "\(root)/empty")
      try write(Array(String(repeating: "a", count: 99).utf8), to: "\(root)/one")
      try write([0xFF, 0xFE], to: "\(root)/binary")
      try write(Array("ab\nabcd efgh\nabc\n".utf8), to: "\(root)/lines")
      try write(Array("[\"a\", \"b\"]".utf8), to: "\(root)/v.json")
      let cases: [(flags: [String], code: Int32, word: String)] = [
        (["--data", "\(root)/empty"], 65, "0 pieces of length 5"),
        (["--data", "\(root)/one"], 65, "vocabulary of 1"),
        (["--data", "\(root)/binary"], 65, "UTF-8"),
        (["--data", "\(root)/none"], 66, "cannot be opened"),
        (["--oracle", "\(root)/none"], 66, "cannot be opened"),
        (["--oracle", "\(root)/one"], 65, "header"),
        (["--data", "\(root)/one", "--oracle", "\(root)/one"], 64, "exclude"),
        (["--vocabulary", "1"], 64, "vocabulary is '1'"),
        (["--vocabulary", "7", "--data", "\(root)/one"], 64, "vocabulary"),
        (["--length", "0"], 64, "length is '0'"),
        (["--data", "\(root)/lines", "--tokens", "lines"], 65, "line 2 has 9 characters"),
        (["--data", "\(root)/lines", "--tokens", "bases"], 65, "line 1"),
        (["--data", "\(root)/lines", "--tokens", "word"], 64, "did you mean 'words'"),
        (["--data", "\(root)/empty", "--tokens", "words"], 65, "0 lines"),
        (["--data", "\(root)/lines", "--minimum-count", "2"], 64, "minimum-count is 2"),
        (["--tokens", "words"], 64, "no file of data"),
        (["--data", "molecules", "--tokens", "words"], 64, "no file of data"),
        (
          ["--data", "\(root)/lines", "--tokens", "words", "--test-data", "\(root)/empty"], 65,
          "no sequences"
        ),
        (["--data", "\(root)/lines", "--vocabulary-file", "\(root)/v.json"], 65, "not in the voc"),
        (["--data", "\(root)/lines", "--vocabulary-file", "\(root)/one"], 65, "not JSON"),
        (["--oracle", "hmm:states=0"], 64, "states is '0'"),
        (["--oracle", "hmm:stats=2"], 64, "did you mean 'states'"),
        (["--filters", "9x4"], 64, "width 9"),
        (["--filters", "2"], 64, "WIDTHxCOUNT"),
        (["--baseline", "leave-on-out"], 64, "leave-one-out"),
        (["--baseline", "leave-one-out", "--batch-size", "1"], 64, "batch-size"),
        (["--learning-rate", "0"], 64, "learning-rate"),
        (["--resume", "\(root)/none"], 64, "--resume"),
      ]
      for (flags, code, word) in cases {
        let run = try discrete(Self.arguments("--out", "\(root)/run") + flags, in: root)
        #expect(run.code == code, "\(flags): \(run.errors)")
        #expect(run.errors.contains(word), "\(flags): \(run.errors)")
        #expect(run.errors.split(separator: "\n").count == 1, "\(run.errors)")
        #expect(!FileManager.default.fileExists(atPath: "\(root)/run"))
      }
      let none = try discrete(["sample", "\(root)/none"], in: root)
      #expect(none.code == 66)
    }
  }
}
