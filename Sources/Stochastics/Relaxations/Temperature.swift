import RealModule
import Tensors

/// The temperature of a relaxation as training goes on: a number, or a schedule.
///
/// Every estimator that relaxes at a chosen temperature takes one. A function of tensors takes a
/// `Double`, and ``REBAR`` and ``Critic`` take the `Double` that they start from and learn the
/// rest.
public enum Temperature: Sendable, Hashable {
  case constant(Double)
  /// max(floor, initial · exp(-rate · t)) where t is the step, rounded down to a multiple of
  /// `every`: Jang, Gu and Poole (2017).
  case exponential(initial: Double, rate: Double, floor: Double, every: Int)
  /// From `initial` to `final` over so many steps, and `final` from then on.
  case linear(initial: Double, final: Double, over: Int)

  /// The temperature at a step counted from zero; traps unless it is positive and finite.
  public func value(at step: Int) -> Double {
    let result =
      switch self {
      case .constant(let value): value
      case .exponential(let initial, let rate, let floor, let every):
        max(floor, initial * Double.exp(-rate * Double(step / max(1, every) * max(1, every))))
      case .linear(let initial, let final, let over):
        initial + (final - initial) * min(1, Double(step) / Double(max(1, over)))
      }
    requirePositive(temperature: result)
    return result
  }

  /// Whether it is the same at every step.
  var isConstant: Bool {
    if case .constant = self { true } else { false }
  }
}

extension Temperature: ExpressibleByFloatLiteral, ExpressibleByIntegerLiteral {
  public init(floatLiteral value: Double) { self = .constant(value) }
  public init(integerLiteral value: Int) { self = .constant(Double(value)) }
}

/// Traps unless a temperature is positive and finite.
package func requirePositive(temperature: Double) {
  require(
    temperature > 0 && temperature.isFinite,
    "temperature \(temperature) is not positive and finite")
}
