import Experiments
import Formats
import Learning
import Runs
import Tensors

/// The smallest experiment: one number descends its distance to a target.
struct SlopeExperiment: Experiment {
  static let model = "slope"
  static let target = Setting.number("target", 1, in: -10..<10, "Where the number goes.")
  static let sizes = Setting.sizes("sizes", "2,3", "Not used, a list.")
  static let steps = Setting.whole("steps", 10, in: 1...1000, "Steps.", "steps")
  static let epochs = Setting.whole("epochs", nil, in: 1...1000, "Tens of steps.", "epochs")
  static let seed = Setting.seed("What noise is drawn from.")
  static var settings: [any SettingDescription] { [target, sizes, steps, epochs, seed] }
  static var lengths: [any SettingDescription] { [steps, epochs] }

  let settings: Settings
  private let goal: Double
  private let length: Int
  private let noise: UInt64

  init(_ settings: Settings) throws {
    self.settings = settings
    goal = try settings[Self.target]
    _ = try settings[Self.sizes]
    length = try settings[ifSet: Self.epochs].map { 10 * $0 } ?? settings[Self.steps]
    noise = try settings[Self.seed]
  }

  func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    for _ in 0..<3 { try stop() }
    let trainer = Trainer(Slope(), optimizer: SGD(), learningRate: 0.1)
    let task = Descent(target: Scalar(goal))
    return Preparation(
      Training(task, trainer, seed: noise, length: .steps(length), evaluateEvery: 5),
      data: "none", settings: settings, files: [("notes.json", ["target": JSON(goal)])])
  }

  struct Slope: Parameterized, Sendable {
    var value: Tensor = [0]
    mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
      visitor.visit("value", &value)
    }
  }

  struct Descent: TrainingTask {
    let target: Scalar

    func loss(
      of model: inout Slope, at step: Int, in shard: Shard, using noise: inout Philox
    ) -> Tensor {
      let aim = Tensor(target) + .randomNormal([1], using: &noise) * 0.01
      return ((model.value - aim) * (model.value - aim)).sum()
    }

    func evaluate(
      _ model: Slope, loss: Double, at step: Int, _ stop: StopCheck
    ) throws -> MeasuredState {
      MeasuredState([.init("value", JSON(Double(model.value.scalars[0])))])
    }

    func summary(
      of model: Slope, _ course: Course, _ stop: StopCheck
    ) throws -> [JSON.Member] {
      [.init("value", JSON(Double(model.value.scalars[0])))]
    }
  }
}

/// The same in an earlier version, which had one setting less.
struct EarlierSlopeExperiment: Experiment {
  static let model = SlopeExperiment.model
  static var settings: [any SettingDescription] {
    SlopeExperiment.settings.filter { $0.key != SlopeExperiment.sizes.key }
  }
  static var lengths: [any SettingDescription] { SlopeExperiment.lengths }

  let settings: Settings
  private let later: SlopeExperiment

  init(_ settings: Settings) throws {
    self.settings = settings
    var all = Settings(SlopeExperiment.settings)
    for setting in Self.settings {
      guard let text = settings[setting.key] else { continue }
      try all.set(setting.key, to: text, from: .commandLine)
    }
    later = try SlopeExperiment(all)
  }

  func prepare(tell: (String) -> Void, _ stop: StopCheck) throws -> Preparation {
    var preparation = try later.prepare(tell: tell, stop)
    preparation.settings = settings
    return preparation
  }
}
