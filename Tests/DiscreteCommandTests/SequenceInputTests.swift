import Formats
import Foundation
import Tensors
import TestSupport
import Testing

/// What `train sequence-gan` learns from: oracles, texts, and what is neither.
struct SequenceInputTests {
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

  @Test("A text by character, whose samples are text")
  func corpus() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/text"
      try write(Array(String(repeating: "abc äö\n", count: 60).utf8), to: path)
      let run = try discrete(
        TinySequences.arguments("--out", "\(root)/run", "--data", path, "--json"), in: root)
      #expect(run.code == 0, "\(run.errors)")
      #expect(run.errors.contains("vocabulary of 7 tokens; 60 pieces of 5 to learn, 8 to test"))
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

      try write(Array(String(repeating: "abd äö\n", count: 60).utf8), to: path)
      for verb in ["eval", "sweep"] {
        expectFailure(try discrete([verb, "\(root)/run"], in: root), 65, ["other tokens"])
      }
      let resumed = try discrete(["train", "sequence-gan", "--resume", "\(root)/run"], in: root)
      #expect(resumed.code == 65 && resumed.errors.contains("data have changed"))
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
        let run = try discrete(TinySequences.arguments("--out", out, "--json") + flags, in: root)
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
          let rows = try jsonObjects(sweep.output)
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
          TinySequences.arguments("--oracle", oracle, "--out", "\(root)/\(place)", "--json")
            + TinySequences.random, in: root)
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
        TinySequences.arguments("--oracle", path, "--out", "\(root)/run", "--json"), in: root)
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
          TinySequences.arguments("--oracle", path, "--out", "\(root)/bad"), in: root)
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
          TinySequences.arguments("--oracle", path, "--out", "\(root)/\(place)"), in: root)
        #expect(run.code == 0, "\(run.errors)")
        metrics.append(
          String(decoding: try steadyBytes(of: "\(root)/\(place)/metrics.jsonl"), as: UTF8.self))
      }
      #expect(metrics[0].contains("nll_oracle") && Set(metrics).count == 1)

      try write(Array(archive.dropLast(30)), to: "\(root)/cut.npz")
      let cut = try discrete(
        TinySequences.arguments("--oracle", "\(root)/cut.npz", "--out", "\(root)/bad"), in: root)
      #expect(cut.code == 65 && cut.errors.contains("no end of a ZIP archive"), "\(cut.errors)")
      #expect(!FileManager.default.fileExists(atPath: "\(root)/bad"))
    }
  }

  @Test("An oracle is read from a pipe, and once")
  func oraclePipe() throws {
    try withTemporaryFolder { root in
      let archive = storedArchive(
        Self.oracle().map { (name: $0.key + ".npy", bytes: NPY.encode($0.value)) })
      let pipe = "\(root)/pipe"
      #expect(mkfifo(pipe, 0o600) == 0)
      let writer = Thread { try? write(archive, toPipe: pipe) }
      writer.start()
      let run = try discrete(
        TinySequences.arguments("--oracle", pipe, "--out", "\(root)/run"), in: root)
      #expect(run.code == 0, "\(run.errors)")
    }
  }

  @Test("Records that are too short are counted, also where nothing is left")
  func shortRecords() throws {
    try withTemporaryFolder { root in
      let long = ">a\n" + String(repeating: "ACGTTGCA", count: 30) + "\n"
      try write(Array((long + ">b\nACG\n>c\n").utf8), to: "\(root)/some")
      try write(Array(">b\nACG\n>c\n".utf8), to: "\(root)/none")
      let flags = ["--out", "\(root)/run", "--tokens", "bases", "--data"]
      let none = try discrete(TinySequences.arguments() + flags + ["\(root)/none"], in: root)
      expectFailure(none, 65, ["0 pieces of length 5", "2 of 2 records have fewer than 5 letters"])
      let some = try discrete(TinySequences.arguments() + flags + ["\(root)/some"], in: root)
      #expect(some.code == 0, "\(some.errors)")
      #expect(some.errors.contains("some: 2 of 3 records have fewer than 5 letters"))
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
        (["--vocabulary", "1"], 64, "vocabulary is '1'"),
        (["--length", "0"], 64, "length is '0'"),
        (["--data", "\(root)/lines", "--tokens", "lines"], 65, "line 2 has 9 characters"),
        (["--data", "\(root)/lines", "--tokens", "bases"], 65, "line 1"),
        (["--data", "\(root)/lines", "--tokens", "word"], 64, "did you mean 'words'"),
        (["--data", "\(root)/empty", "--tokens", "words"], 65, "0 lines"),
        (
          ["--data", "\(root)/lines", "--tokens", "words", "--test-data", "\(root)/empty"], 65,
          "no sequences"
        ),
        (["--data", "\(root)/lines", "--vocabulary-file", "\(root)/v.json"], 65, "not in the voc"),
        (["--data", "\(root)/lines", "--vocabulary-file", "\(root)/one"], 65, "not JSON"),
        (["--learning-rate", "0"], 64, "learning-rate"),
        (["--resume", "\(root)/none"], 64, "--resume"),
      ]
      for (flags, code, word) in cases {
        let run = try discrete(TinySequences.arguments("--out", "\(root)/run") + flags, in: root)
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
