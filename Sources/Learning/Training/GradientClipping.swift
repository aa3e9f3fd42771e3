public import Tensors

extension Parameterized {
  /// The root of the sum of squares over all trained scalars.
  public var globalNorm: Double {
    var copy = self
    var sum = 0.0
    copy.forEachParameter { tensor, role in
      guard role == .trained else { return }
      sum += tensor.withPointer { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
    }
    return sum.squareRoot()
  }

  /// Scales all trained tensors so that their global norm is at most `bound`; for a gradient.
  ///
  /// Pascanu, Mikolov and Bengio (2013), On the difficulty of training recurrent neural networks.
  public mutating func clip(toGlobalNorm bound: Double) {
    require(bound > 0, "gradients clipped to a norm of \(bound)")
    let norm = globalNorm
    guard norm > bound else { return }
    let factor = Scalar(bound / norm)
    forEachParameter { tensor, role in if role == .trained { tensor = tensor * factor } }
  }
}
