import Formats
import Learning
import Runs

// Settings that several kinds of training have.

extension Setting where Value == Specification {
  static var optimizer: Setting {
    .specification(
      "optimizer", "adam", "How gradients are followed, listed above.",
      completing: { $0.completed(with: OptimizerName(rawValue: $0.name)?.options ?? [:]) }
    ) { (specification) throws(SettingError) in _ = try OptimizerName.make(specification) }
  }

  static var schedule: Setting {
    .specification(
      "schedule", "constant", "How the learning rate changes, listed above.",
      completing: { $0.completed(with: ScheduleName(rawValue: $0.name)?.options ?? [:]) }
    ) { (specification) throws(SettingError) in
      _ = try ScheduleName.make(specification, length: 1)
    }
  }
}

extension Setting where Value == Double {
  static var learningRate: Setting {
    .positive("learning-rate", 0.001, "Learning rate at the start.")
  }
}

extension Setting where Value == UInt64 {
  static var runSeed: Setting {
    .seed("What weights, order and noise are drawn from: equal seeds, equal runs.")
  }
}

extension Settings {
  /// Has a path begin at the root, so that a run goes on from any folder.
  mutating func makeAbsolute(_ key: String) throws {
    guard let path = self[key], let origin = origin(of: key) else { return }
    try set(key, to: FileName.absolute(path), from: origin)
  }

  func optimizer(_ setting: Setting<Specification>) throws -> any Optimizer {
    try parse(setting.key) { (text) throws(SettingError) in
      try OptimizerName.make(Specification(text))
    }
  }

  /// - Parameter length: the steps of the run, `nil` where nobody knows them.
  func schedule(_ setting: Setting<Specification>, length: Int?) throws -> Schedule {
    try parse(setting.key) { (text) throws(SettingError) in
      try ScheduleName.make(Specification(text), length: length)
    }
  }
}
