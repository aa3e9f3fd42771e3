import Formats
import Learning
import Runs
import Testing

@testable import Experiments

struct TrainingSettingsTests {
  private static let table: [any SettingDescription] = [
    Setting.optimizer, Setting.schedule, Setting.learningRate, Setting.runSeed,
  ]

  private func settings(_ values: (String, String)...) throws -> Settings {
    var settings = Settings(Self.table)
    for (key, text) in values { try settings.set(key, to: text, from: .commandLine) }
    return settings
  }

  @Test("a configuration shows every option of optimizers and schedules as a number or a truth")
  func typed() throws {
    #expect(
      try settings(("schedule", "cosine")).json == [
        "optimizer": ["name": "adam", "beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8],
        "schedule": ["name": "cosine", "over": "run"], "learning-rate": 0.001, "seed": 1,
      ])
    let other = try settings(("optimizer", "sgd:nesterov=true"), ("schedule", "linear:over=9"))
    #expect(
      try other.json(of: Setting.optimizer) == ["name": "sgd", "momentum": 0, "nesterov": true])
    #expect(try other.json(of: Setting.schedule) == ["name": "linear", "over": 9])
  }

  @Test("linear and cosine end with the run unless they say otherwise")
  func ends() throws {
    func schedule(_ text: String, _ length: Int?) throws -> Schedule {
      try settings(("schedule", text)).schedule(.schedule, length: length)
    }
    #expect(try schedule("cosine", 70) == .cosine(over: 70))
    #expect(try schedule("linear:over=run", 70) == .linear(over: 70))
    #expect(try schedule("linear:over=9", nil) == .linear(over: 9))
    #expect(try schedule("exponential", nil) == .exponential(rate: 0.5, every: 10_000))
    for (text, words) in [
      ("cosine", "expected over=STEPS"), ("cosine:over=0", "over is '0'"),
      ("constant:over=1", "takes no options"), ("cosin", "did you mean 'cosine'?"),
    ] {
      let failure = try #require(throws: Failure.self) { try schedule(text, nil) }
      #expect(failure.kind == .usage && failure.description.contains(words), "\(failure)")
    }
  }
}
