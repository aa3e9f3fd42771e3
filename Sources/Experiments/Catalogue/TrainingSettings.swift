import Formats
import Learning
package import Runs

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

extension Setting where Value == String {
  /// Its value in a configuration is the path from the root.
  package static var initialWeights: Setting {
    Setting(
      "init", nil,
      "Begin with the weights of this run, or of a safetensors file with the same names.",
      "file|run", encode: { JSON(FileName.absolute($0)) }
    ) { $0 }
  }
}

extension Setting where Value == Double {
  static var learningRate: Setting {
    .positive("learning-rate", 0.001, "Learning rate at the start.")
  }
}

extension Setting where Value == Int {
  static var logEvery: Setting {
    .whole(
      "log-every", 50, in: 1...1_000_000_000, "Steps between two lines of training figures.",
      "steps")
  }
}

/// How far apart two evaluations are.
package enum EvaluationInterval: Sendable, Equatable {
  case steps(Int)
  case epochs(Int)

  /// In steps, of which an epoch has so many.
  func steps(perEpoch: Int) -> Int {
    switch self {
    case .steps(let steps): steps
    case .epochs(let epochs):
      epochs > Int.max / perEpoch ? Int.max : epochs * perEpoch
    }
  }
}

extension Setting where Value == EvaluationInterval {
  static var evaluateEvery: Setting {
    Setting(
      "evaluate-every", "1epoch", "Steps between two evaluations, or epochs, as in 2epochs.",
      "steps|epochs",
      encode: { interval in
        switch interval {
        case .steps(let steps): JSON(steps)
        case .epochs(let epochs): JSON(epochs == 1 ? "1epoch" : "\(epochs)epochs")
        }
      }
    ) { (text) throws(SettingError) in
      let digits = text.prefix { $0.isASCII && $0.isNumber }
      guard let count = Int(digits), (1...1_000_000_000).contains(count) else {
        throw SettingError("evaluate-every is '\(text)', not a number of steps or epochs")
      }
      switch text.dropFirst(digits.count) {
      case "", "steps": return .steps(count)
      case "epoch", "epochs": return .epochs(count)
      default:
        throw SettingError("evaluate-every is '\(text)', not a number of steps or epochs")
      }
    }
  }
}

extension Setting where Value == Int {
  /// Into how many parts a batch is cut.
  static var shards: Setting {
    Setting(
      "shards", "1",
      "Parts of a batch that are computed one after another and added, a power of two.", "n",
      encode: { JSON($0) }
    ) { (text) throws(SettingError) in
      guard let count = Int(text), count > 0, count & (count - 1) == 0 else {
        throw SettingError("shards is '\(text)', not a power of two from 1")
      }
      return count
    }
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

  /// Into how many parts a batch of so many examples is cut.
  ///
  /// - Parameters:
  ///   - least: examples that a part needs.
  ///   - examples: what they are called.
  func shards(
    of batchSize: Int, _ examples: String, least: Int = 1
  ) throws -> Int {
    let count = try self[Setting<Int>.shards]
    guard count == 1 || count <= batchSize / least else {
      let need = least > 1 ? ", of which a shard needs \(least)" : ""
      throw failure(
        "shards is \(count), too many for a batch of \(batchSize) \(examples)\(need)",
        of: Setting<Int>.shards.key)
    }
    return count
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
