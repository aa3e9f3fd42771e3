public import Tensors

/// An exponential moving average of the costs of earlier calls.
///
/// Zero before the first call. Divided by the weight seen so far, so that the first costs count fully at once.
public struct MovingAverageBaseline: Baseline {
  /// The weight of the past in (0, 1).
  public let decay: Scalar
  private var sum: Tensor = 0
  private var weight: Tensor = 0

  public init(decay: Scalar = 0.9) {
    require(decay > 0 && decay < 1, "decay \(decay) is not in (0, 1)")
    self.decay = decay
  }

  /// The current average, of rank 0.
  public var value: Tensor { weight.item > 0 ? sum / weight : 0 }

  public func values(for costs: Tensor, given context: Tensor?) -> Tensor { value }

  public mutating func advance(with costs: Tensor) {
    sum = sum * decay + costs.detached().mean() * (1 - decay)
    weight = weight * decay + (1 - decay)
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("sum", &sum, .tracked)
    visitor.visit("weight", &weight, .tracked)
  }
}

extension Baseline where Self == MovingAverageBaseline {
  /// An exponential moving average of earlier costs.
  public static func movingAverage(decay: Scalar = 0.9) -> MovingAverageBaseline {
    MovingAverageBaseline(decay: decay)
  }
}
