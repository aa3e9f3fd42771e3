import Experiments
import Formats
import Models
import Runs
import Stochastics
import Tensors
import TestSupport
import Testing

struct SorterExperimentTests {
  private let launch = Launch<SorterExperiment>(
    policy: RunPolicy(isQuiet: true, stop: .never), environment: .null)

  /// Of a tiny run on numbers, which others may replace.
  private static func settings(_ values: [String]) throws -> Settings {
    var settings = Settings(SorterExperiment.settings)
    let tiny = [
      "data=numbers", "length=3", "batch-size=2", "evaluate-every=2", "evaluation-sequences=300",
      "steps=9",
    ]
    for text in tiny + values {
      let pair = text.split(separator: "=", maxSplits: 1).map(String.init)
      try settings.set(pair[0], to: pair[1], from: .commandLine)
    }
    return settings
  }

  private static let kinds = [
    ["method=neural-sort:samples=2"], ["method=soft-sort", "optimizer=rmsprop"],
    ["method=gumbel-sinkhorn", "learning-rate=0.1"], ["temperature=gaps:share=0.3"],
    ["method=soft-sort:power=2", "temperature=gaps"],
    ["method=reinforce:samples=2,baseline=leave-one-out", "cost=misplaced"],
    ["method=relax", "schedule=cosine:over=9"], ["method=unordered-set", "schedule=linear"],
    ["data=glyphs", "digits=2", "evaluation-sequences=100"],
  ]

  @Test("a run that is stopped at random moments ends as if it had never been", arguments: kinds)
  func interrupted(values: [String]) throws {
    try expectSameIfInterrupted(SorterExperiment.self, Self.settings(values))
  }

  @Test("a run that is stopped before its work begins leaves nothing, or what was there")
  func stoppedBefore() throws {
    try expectUntouchedIfStoppedBefore(
      SorterExperiment.self, Self.settings(["data=glyphs", "digits=2"]))
  }

  @Test("a run that is made longer ends as one of that length", arguments: [kinds[2], kinds[6]])
  func extended(values: [String]) throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      _ = try launch.begin(Self.settings(values), in: whole)
      _ = try launch.begin(Self.settings(values + ["steps=5"]), in: parts)
      _ = try launch.resume(parts, lengths: [("steps", "9")])
      for name in ["checkpoints/last.safetensors", "metrics.jsonl", "config.json"] {
        #expect(
          try steadyBytes(of: "\(whole)/\(name)") == steadyBytes(of: "\(parts)/\(name)"), "\(name)")
      }
    }
  }

  @Test("a configuration shows numbers, names with all options, and null for what has no effect")
  func typed() throws {
    func config(_ values: String...) throws -> JSON {
      try SorterExperiment(Self.settings(values)).settings.json
    }
    let adam: JSON = ["name": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8]
    #expect(
      try config("temperature=gaps") == [
        "model": "sorter", "data": "numbers", "length": 3, "digits": .null,
        "method": ["name": "neural-sort", "samples": 0],
        "temperature": ["name": "gaps", "share": 0.5], "cost": .null, "optimizer": adam,
        "learning-rate": 0.001, "schedule": ["name": "constant"], "batch-size": 2, "shards": 1,
        "steps": 9,
        "evaluate-every": 2, "log-every": 50, "evaluation-sequences": 300, "init": .null,
        "seed": 1,
      ])
    for (method, json) in [
      (
        "gumbel-sinkhorn",
        ["name": "gumbel-sinkhorn", "samples": 5, "noise": 1, "loss": "reconstruction"] as JSON
      ),
      (
        "reinforce:baseline=leave-one-out",
        ["name": "reinforce", "samples": 2, "baseline": "leave-one-out"]
      ),
    ] {
      #expect(try config("method=\(method)")["method"] == json)
    }
    #expect(
      try config("method=gumbel-sinkhorn", "data=glyphs")["method"]?["loss"] == "cross-entropy")
    #expect(try config("temperature=0.25")["temperature"] == 0.25)
    #expect(try config("data=/")["data"] == "/")
    // A folder, which a run finds from anywhere; a name stays.
    #expect(try config("data=.")["data"]?.string?.hasPrefix("/") == true)
  }

  @Test(
    "what makes no sense is told by the setting it is about",
    arguments: [
      (["length=1"], Failure.Kind.usage, "length is '1'"),
      (["data=glyphs", "length=11"], .usage, "length is 11, but only 10 numbers have 1 digit"),
      (["data=glyphs", "digits=10"], .usage, "digits is '10'"),
      (["digits=2"], .usage, "digits is set"),
      (["method=neuralsort"], .usage, "did you mean 'neural-sort'?"),
      (["method=arm"], .usage, "unknown method 'arm'"),
      (["method=neural-sort:hard=true"], .usage, "unknown option of neural-sort 'hard'"),
      (["method=soft-sort:power=3"], .usage, "power is '3'"),
      (["method=gumbel-sinkhorn:loss=square"], .usage, "unknown loss 'square'"),
      (["method=reinforce", "temperature=2"], .usage, "temperature is set"),
      (["cost=misplaced"], .usage, "cost is set"),
      (["temperature=0"], .usage, "temperature is '0'"),
      (["temperature=gap"], .usage, "temperature is 'gap'"),
      (["temperature=gaps:share=1.5"], .usage, "share is '1.5'"),
      (["temperature=gaps", "method=gumbel-sinkhorn"], .usage, "a matching has no gaps"),
      (["data=glyphs", "batch-size=100000"], .usage, "a batch of 100000 sequences"),
      (["length=100", "method=reinforce:samples=100000"], .usage, "at most 1 GiB"),
      (["length=500", "method=relax:units=100000"], .usage, "a critic of 100000 units"),
      (["learning-rate=1e30", "optimizer=sgd"], .failedCheck, "the loss is "),
    ])
  func mistakes(values: [String], kind: Failure.Kind, words: String) throws {
    try withTemporaryFolder { root in
      let run = "\(root)/run"
      let failure = try #require(throws: Failure.self) {
        try launch.begin(Self.settings(values), in: run)
      }
      #expect(failure.kind == kind && failure.description.contains(words), "\(failure)")
      #expect(try kind == .failedCheck || !fileExists(run))
    }
  }

  @Test("numbers are sorted without a fault by relaxed matchings", arguments: [5, 15])
  func numbers(length: Int) throws {
    try withTemporaryFolder { root in
      let summary = try launch.begin(
        Self.settings([
          "length=\(length)", "method=gumbel-sinkhorn", "learning-rate=0.1", "batch-size=10",
          "steps=400", "evaluate-every=400", "evaluation-sequences=1000",
        ]), in: "\(root)/run")
      #expect(summary["test_exact"] == 1)
      let sorter = try TrainedSorter(run: "\(root)/run")
      var generator = Philox(seed: 3)
      let items = Tensor.randomUniform([20, length], using: &generator)
      let found = sorter.order(of: items).indices.values
      let values = items.scalars
      for sequence in 0..<20 {
        let own = values[sequence * length..<(sequence + 1) * length]
        let order = own.indices.sorted { own[$0] > own[$1] }.map { $0 - sequence * length }
        #expect(found[sequence * length..<(sequence + 1) * length].map(Int.init) == order)
      }
    }
  }

  @Test("a trained sorter has the accuracy of its run's end, at the last and at the best step")
  func trained() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let summary = try launch.begin(
        Self.settings(["data=glyphs", "digits=2", "steps=5", "evaluation-sequences=100"]), in: path)
      let found = try TrainedSorter(run: path).evaluate()
      #expect(found.sequences == 100)
      #expect(JSON(found.exact) == summary["test_exact"])
      #expect(JSON(found.elementwise) == summary["test_elementwise"])
      #expect(
        try TrainedSorter(run: path, checkpoint: .best).evaluate(on: "glyphs").sequences == 100)
      let failure = try #require(throws: Failure.self) {
        try TrainedSorter(run: path).evaluate(on: "numbers")
      }
      #expect(failure.description.contains("images of numbers"))
    }
  }

  @Test("seeds differ, and each is a run of its own")
  func seeds() throws {
    try withTemporaryFolder { root in
      let base = "\(root)/study"
      let summaries = try launch.seeds(2, Self.settings([]), in: base) { _ in }
      #expect(summaries[0]["loss"] != summaries[1]["loss"])
      let alone = try launch.begin(Self.settings(["seed=2"]), in: "\(root)/alone")
      #expect(alone["loss"] == summaries[1]["loss"])
      #expect(try RunFolder(opening: "\(base)/seed-2").status == .finished)
    }
  }

  @Test("a run goes on with its own settings and data alone")
  func changed() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      _ = try launch.begin(Self.settings([]), in: path)
      let folder = try RunFolder(opening: path)
      let text = try text(of: folder.file("config.json"))
      for (old, new, kind, words) in [
        (
          "\"batch-size\":2", "\"batch-size\":4", .badConfiguration,
          "batch-size has changed from 2 to 4"
        ),
        (
          "\"temperature\":1", "\"temperature\":{\"name\":\"gaps\"}", .badConfiguration,
          "temperature has changed"
        ),
        ("\"sorter\"", "\"ranker\"", .usage, "expected 'sorter'"),
      ] as [(String, String, Failure.Kind, String)] {
        let other = text.replacing(old, with: new)
        #expect(other != text, "\(old)")
        try write(Array(other.utf8), to: folder.file("config.json"))
        let failure = try #require(throws: Failure.self) { try launch.resume(path) }
        #expect(failure.kind == kind)
        #expect(failure.description.contains(words), "\(failure)")
      }
    }
  }
}
