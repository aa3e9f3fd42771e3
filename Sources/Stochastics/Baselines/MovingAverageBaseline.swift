public import Tensors

/// An exponential moving average of the costs of earlier calls.
///
/// Zero before the first call. Divided by the weight seen so far, so that the first costs count
/// fully at once.
public struct MovingAverageBaseline: Baseline {
  /// The weight of the past in (0, 1).
  public let decay: Scalar
  /// The current average, of rank 0.
  public private(set) var value: Tensor = 0
  private var weight: Tensor = 0

  /// Traps unless the decay is between 0 and 1.
  public init(decay: Scalar = 0.9) {
    require(decay > 0 && decay < 1, "decay \(decay) is not in (0, 1)")
    self.decay = decay
  }

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor { value }

  public mutating func advance(with costs: Tensor) {
    // By differences to the average, or at first to one of the costs: costs that never change leave
    // it at exactly their value.
    let costs = costs.detached()
    let origin = weight.item > 0 ? value : Tensor(costs.scalars.first ?? 0)
    weight = weight * decay + (1 - decay)
    value = origin + (costs - origin).mean() * (1 - decay) / weight
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("value", &value, .tracked)
    visitor.visit("weight", &weight, .tracked)
  }
}

extension Baseline where Self == MovingAverageBaseline {
  /// An exponential moving average of earlier costs.
  public static func movingAverage(decay: Scalar = 0.9) -> MovingAverageBaseline {
    MovingAverageBaseline(decay: decay)
  }
}
