import Formats
import Learning
import Runs

/// Settings that several kinds of training have.
extension Setting where Value == Specification {
  static var optimizer: Setting {
    .specification(
      "optimizer", "adam", "How gradients are followed, listed above.", encode: OptimizerName.json
    ) { (specification) throws(SettingError) in _ = try OptimizerName.make(specification) }
  }

  static var schedule: Setting {
    .specification("schedule", "constant", "How the learning rate changes, listed above.") {
      (specification) throws(SettingError) in _ = try ScheduleName.make(specification, steps: 1)
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
