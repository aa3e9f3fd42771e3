import Learning
import Tensors

/// From names to optimizers: the one place that lists them.
enum OptimizerName: String, CaseIterable {
  case adam
  case sgd
  case rmsprop

  /// The optimizer a specification describes.
  static func make(_ specification: Specification) throws(SettingError) -> any Optimizer {
    func number(_ key: String, _ range: Range<Double>, _ value: Double) throws(SettingError)
      -> Scalar
    {
      Scalar(try specification.number(key, in: range, default: value))
    }
    switch OptimizerName(rawValue: specification.name) {
    case .adam?:
      try specification.allow(["beta1", "beta2", "epsilon"])
      return Adam(
        beta1: try number("beta1", 0..<1, 0.9), beta2: try number("beta2", 0..<1, 0.999),
        epsilon: try number("epsilon", 1e-30..<1, 1e-8))
    case .sgd?:
      try specification.allow(["momentum", "nesterov"])
      return SGD(
        momentum: try number("momentum", 0..<1, 0),
        isNesterov: try specification.flag("nesterov", default: false))
    case .rmsprop?:
      try specification.allow(["decay", "epsilon"])
      return RMSProp(
        decay: try number("decay", 0..<1, 0.9), epsilon: try number("epsilon", 1e-30..<1, 1e-8))
    case nil:
      throw SettingError(
        unknown("optimizer", specification.name, among: allCases.map(\.rawValue)))
    }
  }
}
