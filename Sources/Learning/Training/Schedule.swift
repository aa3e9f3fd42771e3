import RealModule
import Tensors

/// How a rate changes with the number of steps taken: a factor on its starting value.
public enum Schedule: Sendable, Hashable {
  case constant
  /// `rate` to the power of step / `every`, whole numbers of it only.
  case exponential(rate: Double, every: Int)
  /// From one down to zero at step `over`.
  case linear(over: Int)
  /// Half a cosine from one down to zero at step `over`.
  case cosine(over: Int)

  /// The factor at a step counted from zero, in [0, 1] for rates up to one.
  ///
  /// Traps unless `every` and `over` are positive.
  public func factor(at step: Int) -> Double {
    switch self {
    case .constant:
      return 1
    case .exponential(let rate, let every):
      require(every > 0, "a rate that changes every \(every) steps")
      return Double.pow(rate, Double(step / every))
    case .linear(let over):
      return 1 - share(of: over, at: step)
    case .cosine(let over):
      return (1 + Double.cos(.pi * share(of: over, at: step))) / 2
    }
  }

  private func share(of over: Int, at step: Int) -> Double {
    require(over > 0, "a rate that reaches zero over \(over) steps")
    return min(1, Double(step) / Double(over))
  }
}
