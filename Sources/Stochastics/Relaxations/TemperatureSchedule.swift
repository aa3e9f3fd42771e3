import RealModule
import Tensors

/// The temperature of a relaxation as training goes on.
public enum TemperatureSchedule: Sendable, Hashable {
  case constant(Double)
  /// max(floor, initial · exp(-rate · t)) where t is the step, rounded down to a multiple of
  /// `every`: Jang, Gu and Poole (2017).
  case exponential(initial: Double, rate: Double, floor: Double, every: Int)
  /// From `initial` to `final` over so many steps, and `final` from then on.
  case linear(initial: Double, final: Double, over: Int)

  /// The temperature at a step counted from zero; traps unless it is positive.
  public func temperature(at step: Int) -> Double {
    let result =
      switch self {
      case .constant(let value): value
      case .exponential(let initial, let rate, let floor, let every):
        max(floor, initial * Double.exp(-rate * Double(step / max(1, every) * max(1, every))))
      case .linear(let initial, let final, let over):
        initial + (final - initial) * min(1, Double(step) / Double(max(1, over)))
      }
    require(result > 0, "temperature \(result) at step \(step) is not positive")
    return result
  }
}

extension TemperatureSchedule: ExpressibleByFloatLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
}
