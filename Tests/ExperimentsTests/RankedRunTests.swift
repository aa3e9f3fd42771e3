import Experiments
import Formats
import Learning
import Runs
import Stochastics
import TestSupport
import Testing

/// Runs on several ranks, which are threads here, leave what one process leaves.
struct RankedRunTests {
  private static let files = ["checkpoints/last.safetensors", "metrics.jsonl", "config.json"]

  /// The kinds of failure and the sentences of all ranks; of those without one, nothing.
  private typealias Outcome = (kind: Failure.Kind, sentence: String)?

  /// What every rank throws that launches the same.
  private static func launch<Work: Experiment>(
    _: Work.Type, on count: Int, stopping: Int? = nil,
    _ body: @escaping @Sendable (Launch<Work>, _ rank: Int) throws -> JSON
  ) -> [Outcome] {
    LocalRanks.run(count) { ranks -> Outcome in
      let left = Countdown(4)
      let stop = StopCheck { ranks.rank == stopping && left.isOver }
      let launch = Launch<Work>(
        policy: RunPolicy(isQuiet: true, stop: stop), ranks: ranks, environment: .null)
      do {
        _ = try body(launch, ranks.rank)
        _ = ranks.end(nil)
        return nil
      } catch let failure as Failure {
        _ = ranks.end((code: 1, sentence: failure.description))
        return (failure.kind, failure.description)
      } catch {
        _ = ranks.end((code: 1, sentence: "\(error)"))
        return (.inputOutput, "\(error)")
      }
    }
  }

  private static func expectSame(_ one: String, _ other: String) throws {
    for name in files {
      #expect(
        try steadyBytes(of: "\(one)/\(name)") == steadyBytes(of: "\(other)/\(name)"), "\(name)")
    }
  }

  @Test("four shards on one, two and four ranks, and stopped on four and resumed on two")
  func beliefNetwork() throws {
    try BarRuns.with { root, runs in
      let settings = try runs.settings(
        BeliefNetworkExperiment.self,
        ["layers=5", "estimator=nvil", "steps=15", "shards=4", "diagnostics=5"])
      _ = try runs.launch(BeliefNetworkExperiment.self).begin(settings, in: "\(root)/one")
      for count in [2, 4] {
        let path = "\(root)/ranks-\(count)"
        let outcomes = Self.launch(BeliefNetworkExperiment.self, on: count) { launch, _ in
          try launch.begin(settings, in: path)
        }
        #expect(outcomes.allSatisfy { $0 == nil }, "\(outcomes)")
        try Self.expectSame("\(root)/one", path)
      }
      let path = "\(root)/stopped"
      let stopped = Self.launch(BeliefNetworkExperiment.self, on: 4, stopping: 2) { launch, _ in
        try launch.begin(settings, in: path)
      }
      #expect(stopped.allSatisfy { $0?.kind == .interrupted }, "\(stopped)")
      #expect(try RunFolder(opening: path).status == .interrupted)
      let resumed = Self.launch(BeliefNetworkExperiment.self, on: 2) { launch, _ in
        try launch.resume(path)
      }
      #expect(resumed.allSatisfy { $0 == nil }, "\(resumed)")
      try Self.expectSame("\(root)/one", path)
    }
  }

  @Test(
    "a sequence generator in four shards on one and two ranks",
    arguments: [
      [:], ["baseline": "leave-one-out"], ["estimator": "st-gumbel-softmax"],
      ["discriminator": "recurrent", "reward": "tokens"],
    ])
  func sequences(_ more: [String: String]) throws {
    try withTemporaryFolder { root in
      let settings = try TinySequences.settings(more.merging(["shards": "4"]) { own, _ in own })
      _ = try TinySequences.launch().begin(settings, in: "\(root)/one")
      let outcomes = Self.launch(SequenceExperiment.self, on: 2) { launch, _ in
        try launch.begin(settings, in: "\(root)/two")
      }
      #expect(outcomes.allSatisfy { $0 == nil }, "\(outcomes)")
      try Self.expectSame("\(root)/one", "\(root)/two")
    }
  }

  @Test("ranks that do not divide the shards, or have other settings, leave nothing")
  func refusals() throws {
    try BarRuns.with { root, runs in
      let settings = try runs.settings(
        BeliefNetworkExperiment.self, ["layers=5", "steps=3", "shards=4"])
      let three = Self.launch(BeliefNetworkExperiment.self, on: 3) { launch, _ in
        try launch.begin(settings, in: "\(root)/run")
      }
      #expect(three.allSatisfy { $0?.kind == .usage }, "\(three)")
      var others = settings
      try others.set("seed", to: "7", from: .commandLine)
      let other = others
      let differing = Self.launch(BeliefNetworkExperiment.self, on: 2) { launch, rank in
        try launch.begin(rank == 1 ? other : settings, in: "\(root)/run")
      }
      for outcome in differing {
        #expect(outcome?.kind == .badConfiguration)
        #expect(outcome?.sentence == "rank 1 has seed 7, rank 0 1")
      }
      #expect(try !fileExists("\(root)/run"))
    }
  }

  @Test("a rank that fails alone ends all of them")
  func failure() throws {
    try BarRuns.with { root, runs in
      let settings = try runs.settings(
        BeliefNetworkExperiment.self, ["layers=5", "steps=3", "shards=2"])
      let outcomes = Self.launch(BeliefNetworkExperiment.self, on: 2) { launch, rank in
        guard rank == 0 else { throw Failure(.badData, "images: damaged") }
        return try launch.begin(settings, in: "\(root)/run")
      }
      #expect(outcomes[0]?.sentence == "rank 1: images: damaged")
      #expect(outcomes[1]?.sentence == "images: damaged")
      #expect(try !fileExists("\(root)/run"))
    }
  }

  @Test(
    "seeds on three ranks are those of one process, also where auto chooses",
    arguments: [
      "nvil", "auto",
    ])
  func seeds(_ estimator: String) throws {
    try BarRuns.with { root, runs in
      let settings = try runs.settings(
        BeliefNetworkExperiment.self, ["layers=3", "steps=3", "estimator=\(estimator)"])
      _ = try runs.launch(BeliefNetworkExperiment.self).seeds(4, settings, in: "\(root)/one") {
        _ in
      }
      let outcomes = Self.launch(BeliefNetworkExperiment.self, on: 3) { launch, _ in
        let summaries = try launch.seeds(4, settings, in: "\(root)/three") { _ in }
        #expect(summaries.count == 4)
        return summaries[0]
      }
      #expect(outcomes.allSatisfy { $0 == nil }, "\(outcomes)")
      for seed in 1...4 {
        try Self.expectSame("\(root)/one/seed-\(seed)", "\(root)/three/seed-\(seed)")
      }
    }
  }

  @Test("a toy's result on three ranks is that of one process")
  func toy() throws {
    @Sendable func study() -> ToyStudy<Bernoulli> { .bit(target: 0.45, steps: 100, seeds: 4) }
    let whole = try study().results()
    let found = LocalRanks.run(3) { ranks in try? study().results(over: ranks) }
    for results in found {
      #expect(results?.map(\.right) == whole.map(\.right))
      #expect(results?.map { $0.curve.map(\.cost) } == whole.map { $0.curve.map(\.cost) })
    }
  }
}
