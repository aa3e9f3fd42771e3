package import Learning
package import Runs
import Tensors

/// From names to optimizers: the one place that lists them.
package enum OptimizerName: String, CaseIterable {
  case adam
  case adamw
  case sgd
  case rmsprop

  /// The keys of its options with their defaults, in the order of the help.
  package var options: KeyValuePairs<String, String> {
    switch self {
    case .adam: ["beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8"]
    case .adamw: ["beta1": "0.9", "beta2": "0.999", "epsilon": "1e-8", "weight-decay": "0.01"]
    case .sgd: ["momentum": "0", "nesterov": "false"]
    case .rmsprop: ["decay": "0.9", "epsilon": "1e-8"]
    }
  }

  /// The optimizer a specification describes.
  package static func make(_ specification: Specification) throws(SettingError) -> any Optimizer {
    func number(_ key: String, _ range: Range<Double>, _ value: Double) throws(SettingError)
      -> Scalar
    {
      try specification.scalar(key, in: range, default: value)
    }
    guard let name = OptimizerName(rawValue: specification.name) else {
      throw SettingError(
        unknown("optimizer", specification.name, among: allCases.map(\.rawValue)))
    }
    try specification.allow(name.options.map(\.key))
    switch name {
    case .adam, .adamw:
      return Adam(
        beta1: try number("beta1", 0..<1, 0.9), beta2: try number("beta2", 0..<1, 0.999),
        epsilon: try number("epsilon", 1e-30..<1, 1e-8),
        weightDecay: name == .adamw ? try number("weight-decay", 0..<100, 0.01) : 0)
    case .sgd:
      return SGD(
        momentum: try number("momentum", 0..<1, 0),
        isNesterov: try specification.flag("nesterov", default: false))
    case .rmsprop:
      return RMSProp(
        decay: try number("decay", 0..<1, 0.9), epsilon: try number("epsilon", 1e-30..<1, 1e-8))
    }
  }
}
