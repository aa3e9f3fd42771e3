import Experiments
import Formats
import Runs
import TestSupport
import Testing

struct LaunchTests {
  private let launch = Launch<SlopeExperiment>(
    policy: RunPolicy(isQuiet: true, stop: .never), environment: ["machine": "a test"])

  private func settings(_ values: (String, String)...) throws -> Settings {
    var settings = Settings(SlopeExperiment.settings)
    for (key, text) in values { try settings.set(key, to: text, from: .commandLine) }
    return settings
  }

  @Test("a run keeps every setting typed, what the user set, the environment and its files")
  func begin() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      let summary = try launch.begin(settings(("target", "2")), in: path)
      #expect(summary["steps"] == 10)
      let folder = try RunFolder(opening: path)
      #expect(
        try folder.read("config.json")
          == ["target": 2, "sizes": [2, 3], "steps": 10, "epochs": .null, "seed": 1])
      #expect(try folder.read("overrides.json") == ["target": 2])
      #expect(try folder.read("environment.json") == ["machine": "a test"])
      #expect(try folder.read("notes.json") == ["target": 2])
      #expect(folder.status == .finished)
      #expect(throws: FormatError.self) { try launch.begin(settings(), in: path) }
    }
  }

  @Test("a run that is stopped at random moments ends as if it had never been", arguments: 1...4)
  func interrupted(seed: UInt64) throws {
    try expectSameIfInterrupted(SlopeExperiment.self, settings(("steps", "30")), seed: seed)
  }

  @Test("a run that is stopped before its work begins leaves nothing, or what was there")
  func stoppedBefore() throws {
    try expectUntouchedIfStoppedBefore(SlopeExperiment.self, settings())
  }

  @Test("a run that is resumed with another length of any kind goes on to there")
  func lengths() throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      _ = try launch.begin(settings(("epochs", "2")), in: whole)
      _ = try launch.begin(settings(), in: parts)
      let summary = try launch.resume(parts, lengths: [("epochs", "2")])
      #expect(summary["steps"] == 20)
      #expect(try RunFolder(opening: parts).read("config.json")["epochs"] == 2)
      for name in ["metrics.jsonl", "checkpoints/last.safetensors"] {
        #expect(
          try steadyBytes(of: "\(whole)/\(name)") == steadyBytes(of: "\(parts)/\(name)"), "\(name)")
      }
      // A shorter end than where it stands changes nothing.
      let before = try bytes(of: "\(parts)/config.json")
      #expect(try launch.resume(parts, lengths: [("epochs", "1")]) == summary)
      #expect(try bytes(of: "\(parts)/config.json") == before)
    }
  }

  @Test("a configuration that lacks a setting or has a bad one is refused and stays as it was")
  func incomplete() throws {
    try withTemporaryFolder { root in
      let path = "\(root)/run"
      _ = try launch.begin(settings(), in: path)
      let folder = try RunFolder(opening: path)
      for (config, word) in [
        (["target": 1] as JSON, "lacks sizes, steps, seed"),
        (["target": 11, "sizes": [2], "steps": 10, "seed": 1], "target is '11'"),
        (["target": 1, "sizes": [2, 4], "steps": 10, "seed": 1], "sizes has changed from [2,3]"),
      ] {
        try folder.write(config, to: "config.json")
        let failure = try #require(throws: Failure.self) { try launch.resume(path) }
        #expect(failure.kind == .badConfiguration)
        #expect(failure.description.contains(word), "\(failure)")
        #expect(try folder.read("config.json") == config)
      }
    }
  }

  @Test("a run of a version that lacked a setting goes on with its default, and that is said")
  func earlier() throws {
    try withTemporaryFolder { root in
      let (whole, parts) = ("\(root)/whole", "\(root)/parts")
      _ = try launch.begin(settings(), in: whole)
      let left = Countdown(8)
      #expect(throws: Failure.self) {
        try Launch<EarlierSlopeExperiment>(
          policy: RunPolicy(isQuiet: true, stop: StopCheck { left.isOver }), environment: .null
        ).begin(Settings(EarlierSlopeExperiment.settings), in: parts)
      }
      let folder = try RunFolder(opening: parts)
      let config = try folder.read("config.json")
      #expect(config["sizes"] == nil)
      // The default alone is what the run was begun with.
      try folder.write(
        ["target": 1, "sizes": [2, 4], "steps": 10, "epochs": .null, "seed": 1], to: "config.json")
      let failure = try #require(throws: Failure.self) { try launch.resume(parts) }
      #expect(failure.description.contains("sizes has changed from [2,3] to [2,4]"))
      try folder.write(config, to: "config.json")
      let lines = Lines()
      _ = try Launch<SlopeExperiment>(
        policy: RunPolicy(isQuiet: true, stop: .never, tell: { lines.append($0) }),
        environment: .null
      ).resume(parts)
      #expect(lines.all.count == 1 && lines.all[0].contains("whose defaults hold: sizes 2,3"))
      for name in ["checkpoints/last.safetensors", "metrics.jsonl", "config.json"] {
        #expect(
          try steadyBytes(of: "\(whole)/\(name)") == steadyBytes(of: "\(parts)/\(name)"), "\(name)")
      }
    }
  }

  @Test("a study of seeds that is begun again leaves finished runs alone and goes on with the rest")
  func seeds() throws {
    try withTemporaryFolder { root in
      let base = "\(root)/study"
      let first = try launch.seeds(2, settings(), in: base) { _ in }
      #expect(first[0]["value"] != first[1]["value"])
      let before = try bytes(of: "\(base)/seed-1/summary.json")
      // A finished run is not even prepared, so nobody asks whether to stop.
      let stopped = Launch<SlopeExperiment>(
        policy: RunPolicy(isQuiet: true, stop: StopCheck { true }))
      #expect(try stopped.seeds(2, settings(), in: base) { _ in } == first)
      let more = try launch.seeds(3, settings(), in: base) { _ in }
      #expect(more.count == 3 && more[0] == first[0] && more[1] == first[1])
      #expect(try bytes(of: "\(base)/seed-1/summary.json") == before)
      let failure = try #require(throws: Failure.self) {
        try launch.seeds(2, settings(("target", "3")), in: base) { _ in }
      }
      #expect(failure.kind == .cannotCreate && failure.description.contains("target"))
    }
  }
}
