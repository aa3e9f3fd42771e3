import Experiments
import Formats
import Models
import Runs
import TestSupport
import Testing

struct RankerExperimentTests {
  /// Twenty queries of six documents, whose grade is the second feature.
  private static func documents(qid: Bool = true, scale: Float = 1, sorted: Bool = false) -> String
  {
    (0..<120).map { row in
      let grade = sorted ? max(0, 3 - row % 6) : row * 7 % 4
      let query = qid ? " qid:\(row / 6)" : ""
      return "\(grade)\(query) 1:\(Float(row % 5) * scale) 2:\(Float(grade) * scale) 3:\(scale)\n"
    }.joined()
  }

  /// Writes documents, and calls `body` with the folder and the settings of a short run on them.
  private func withDocuments(
    _ text: String = documents(), _ body: (String, Settings) throws -> Void
  ) throws {
    try withTemporaryFolder { root in
      try write(Array(text.utf8), to: "\(root)/d.txt")
      var settings = Settings(RankerExperiment.settings)
      for (key, text) in [
        ("data", "\(root)/d.txt"), ("test", "\(root)/d.txt"), ("hidden", ""),
        ("learning-rate", "0.1"), ("epochs", "3"),
      ] {
        try settings.set(key, to: text, from: .commandLine)
      }
      try body(root, settings)
    }
  }

  private func changed(_ settings: Settings, _ values: (String, String)...) throws -> Settings {
    var settings = settings
    for (key, text) in values { try settings.set(key, to: text, from: .commandLine) }
    return settings
  }

  private func launch(stop: StopCheck = .never) -> Launch<RankerExperiment> {
    Launch(policy: RunPolicy(isQuiet: true, stop: stop), environment: .null)
  }

  @Test("documents are ranked by what their features say", arguments: ["list-mle", "pl-rank"])
  func learn(method: String) throws {
    try withDocuments { root, settings in
      let path = "\(root)/run"
      let summary = try launch().begin(
        changed(settings, ("method", method), ("epochs", "20")), in: path)
      #expect(summary["steps"] == 40 && summary["queries"] == 20)
      #expect(try #require(summary["ndcg_5"]?.number) > 0.999)
      let lines = try Metrics(RunFolder(opening: path)).lines()
      #expect(lines.map { $0["epoch"] } == (1...20).map { JSON($0) })
      #expect(lines.last?["ndcg_10"] == summary["ndcg_10"])
      let ranker = try TrainedRanker(run: path)
      #expect(ranker.featureNumbers == [1, 2, 3])
      let documents = try JudgedDocuments(
        svmlight: "\(root)/d.txt", featureNumbers: ranker.featureNumbers)
      let gain = DiscountedGain.normalized(
        scores: ranker.scores(of: documents), of: documents, cutoff: 5)
      #expect(gain.mean.map { JSON($0) } == summary["ndcg_5"])
    }
  }

  @Test(
    "a run that is stopped at random moments ends as if it had never been",
    arguments: [
      [], [("method", "pl-rank:samples=3,cutoff=2"), ("hidden", "4")],
      [("optimizer", "sgd:momentum=0.5"), ("steps", "7"), ("schedule", "linear")],
    ])
  func interrupted(values: [(String, String)]) throws {
    try withDocuments { _, settings in
      var settings = try changed(settings, ("batch-size", "7"))
      for (key, text) in values {
        try settings.set(key, to: text, from: .commandLine)
        if key == "steps" { settings.reset("epochs") }
      }
      // The end of a run asks nine times, and begins again where it was stopped.
      try expectSameIfInterrupted(RankerExperiment.self, settings, atMost: 12)
    }
  }

  @Test("a run that is stopped before its work begins leaves nothing, or what was there")
  func stoppedBefore() throws {
    // Longer than what is read between two questions.
    let text = (0..<400).map { query in
      (0..<6).map { "\($0 % 4) qid:\(query) 1:\($0 % 5) 2:\($0)\n" }.joined()
    }.joined()
    try withDocuments(text) { _, settings in
      try expectUntouchedIfStoppedBefore(RankerExperiment.self, settings)
    }
  }

  @Test("a run of epochs goes on to steps, and the reverse; both at once exclude each other")
  func lengths() throws {
    try withDocuments { root, settings in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      _ = try launch().begin(changed(settings, ("epochs", "4")), in: whole)
      _ = try launch().begin(settings, in: parts)
      _ = try launch().resume(parts, lengths: [("steps", "7")])
      #expect(try RunFolder(opening: parts).read("config.json")["epochs"] == .null)
      _ = try launch().resume(parts, lengths: [("epochs", "4")])
      for name in ["checkpoints/last.safetensors", "metrics.jsonl", "config.json"] {
        #expect(
          try steadyBytes(of: "\(whole)/\(name)") == steadyBytes(of: "\(parts)/\(name)"), "\(name)")
      }
      let failure = try #require(throws: Failure.self) {
        try launch().begin(changed(settings, ("steps", "4")), in: "\(root)/both")
      }
      #expect(failure.description.contains("exclude each other"))
    }
  }

  @Test("a configuration shows paths from the root, numbers, lists and names with all options")
  func typed() throws {
    try withDocuments { root, settings in
      let own = try changed(
        settings, ("data", "d.txt"), ("method", "pl-rank:cutoff=3"), ("hidden", "8,4"))
      let json = try RankerExperiment(own).settings.json
      #expect(json["data"]?.string?.hasPrefix("/") == true)
      #expect(json["data"]?.string?.hasSuffix("/d.txt") == true)
      #expect(json["test"] == JSON("\(root)/d.txt") && json["groups"] == .null)
      #expect(json["method"] == ["name": "pl-rank", "samples": 100, "cutoff": 3])
      #expect(json["hidden"] == [8, 4] && json["epochs"] == 3 && json["steps"] == .null)
      #expect(json["learning-rate"] == 0.1 && json["seed"] == 1)
    }
  }

  @Test("queries are held out, the best scorer on these is kept, and patience ends the run")
  func validation() throws {
    try withDocuments { root, settings in
      let path = "\(root)/run"
      let summary = try launch().begin(
        changed(settings, ("hold-out", "0.25"), ("patience", "2"), ("epochs", "400")), in: path)
      let lines = try Metrics(RunFolder(opening: path)).lines()
      let scores = lines.compactMap { $0["validation_ndcg_10"]?.number }
      let best = try #require(scores.max())
      #expect(scores.count == lines.count && lines.count < 400)
      #expect(scores.count == (try #require(scores.firstIndex(of: best))) + 3)
      #expect(summary["best_validation_ndcg_10"] == JSON(best))
      // Fifteen queries in batches of ten.
      #expect(summary["best_step"] == JSON(2 * (scores.count - 2)))
      let ranker = try TrainedRanker(run: path, checkpoint: .best)
      let gains = try ranker.gains(on: ranker.documents())
      #expect(gains.queries == 20)
      let line = try #require(lines.first { $0["step"] == summary["best_step"] })
      #expect(gains.mean(at: 5).map { JSON($0) } == line["ndcg_5"] && gains.mean(at: 4) == nil)
      // The same documents as a file.
      let other = try launch().begin(
        changed(settings, ("validation", "\(root)/d.txt")), in: "\(root)/other")
      #expect(other["best_validation_ndcg_10"]?.number.map { $0 >= 0 } == true)
    }
  }

  @Test(
    "documents to choose by that cannot be are told",
    arguments: [
      ([("hold-out", "0.01")], "keeps 0 of 20"), ([("hold-out", "1")], "between 0 and 1"),
      ([("patience", "3")], "needs documents to choose by"),
      ([("validation", "d"), ("hold-out", "0.5")], "exclude each other"),
      ([("validation-groups", "d")], "only a file of validation"),
    ])
  func validationMistakes(values: [(String, String)], words: String) throws {
    try withDocuments { root, settings in
      var own = settings
      for (key, text) in values { try own.set(key, to: text, from: .commandLine) }
      let failure = try #require(throws: Failure.self) {
        try launch().begin(own, in: "\(root)/run")
      }
      #expect(failure.kind == .usage && failure.description.contains(words), "\(failure)")
    }
  }

  @Test("what makes no sense is told before a folder is made")
  func mistakes() throws {
    try withDocuments { root, settings in
      for (key, text, words) in [
        ("method", "list-mel", "'list-mle'"), ("method", "pl-rank:samples=0", "samples is '0'"),
        ("method", "list-mle:cutoff=1", "takes no options"), ("hidden", "0", "hidden is '0'"),
        ("hidden", "1000000,1000000", "at most 1 GiB"), ("epochs", "0", "epochs is '0'"),
      ] {
        let failure = try #require(throws: Failure.self) {
          try launch().begin(changed(settings, (key, text)), in: "\(root)/run")
        }
        #expect(failure.kind == .usage && failure.description.contains(words), "\(failure)")
      }
      let missing = try #require(throws: Failure.self) {
        try launch().begin(Settings(RankerExperiment.settings), in: "\(root)/run")
      }
      #expect(missing.kind == .usage && missing.description == "data is not set")
      #expect(try !fileExists("\(root)/run"))
    }
  }

  @Test("a run goes on with the documents it was begun with alone")
  func otherDocuments() throws {
    try withDocuments { root, settings in
      let path = "\(root)/run"
      _ = try launch().begin(settings, in: path)
      try write(Array(Self.documents(scale: 2).utf8), to: "\(root)/d.txt")
      let failure = try #require(throws: Failure.self) {
        try launch().resume(path, lengths: [("epochs", "5")])
      }
      #expect(failure.kind == .badData && failure.description.contains("data have changed"))
    }
  }

  @Test("a constant model on a sorted file has the NDCG of chance")
  func constantModel() throws {
    let text = Self.documents(sorted: true).split(separator: "\n").map { line in
      line.split(separator: " ").prefix(2).joined(separator: " ") + " 1:2\n"
    }
    try withDocuments(text.joined()) { root, settings in
      let summary = try launch().begin(settings, in: "\(root)/run")
      // Gains 7, 3, 1, 0, 0, 0: their mean stands in every place.
      let first = try #require(summary["ndcg_1"]?.number)
      #expect(abs(first - 11.0 / 6 / 7) < 1e-12)
      #expect(try #require(summary["ndcg_10"]?.number) < 0.7)
    }
  }

  @Test("features in other units teach the same, bit for bit")
  func units() throws {
    var outputs: Set<[UInt8]> = []
    for scale: Float in [1, 0x1p-30, 0x1p-60, 0x1p66] {
      try withDocuments(Self.documents(scale: scale)) { root, settings in
        _ = try launch().begin(settings, in: "\(root)/run")
        outputs.insert(try steadyBytes(of: "\(root)/run/metrics.jsonl"))
      }
    }
    #expect(outputs.count == 1)
  }

  @Test(
    "a rate that ends in numbers that are not ends the run, and keeps a scorer of numbers",
    arguments: [
      [("learning-rate", "1e38")], [("learning-rate", "1e300")],
      [("learning-rate", "1e38"), ("batch-size", "20"), ("epochs", "1")],
      [("learning-rate", "1e38"), ("method", "pl-rank"), ("hidden", "4,4"), ("epochs", "1")],
    ])
  func diverged(values: [(String, String)]) throws {
    try withDocuments { root, settings in
      var settings = settings
      for (key, text) in values { try settings.set(key, to: text, from: .commandLine) }
      let path = "\(root)/run"
      let failure = try #require(throws: Failure.self) {
        try launch().begin(settings, in: path)
      }
      #expect(failure.kind == .failedCheck)
      #expect(
        failure.description.contains("finite") || failure.description.contains("the loss is "))
      #expect(try RunFolder(opening: path).status == .failed)
      #expect(try TrainedRanker(run: path).featureNumbers == [1, 2, 3])
    }
  }
}
