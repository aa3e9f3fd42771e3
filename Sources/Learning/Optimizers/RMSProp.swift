import CKernels
public import Tensors

/// RMSProp: steps of the gradient over the root of its running mean square.
///
/// Tieleman and Hinton (2012), Lecture 6.5 of Neural networks for machine learning.
public struct RMSProp: Optimizer {
  public let decay: Scalar
  public let epsilon: Scalar
  public var state = OptimizerState()

  public var slotNames: [String] { ["square"] }

  /// Traps unless the decay is in 0..<1 and epsilon is positive.
  public init(decay: Scalar = 0.9, epsilon: Scalar = 1e-8) {
    require(
      decay >= 0 && decay < 1 && epsilon > 0, "RMSProp with decay \(decay), epsilon \(epsilon)")
    self.decay = decay
    self.epsilon = epsilon
  }

  public func move(
    _ parameter: UnsafeMutableBufferPointer<Scalar>, along gradient: UnsafePointer<Scalar>,
    slots: [UnsafeMutablePointer<Scalar>], learningRate: Scalar, step: Int
  ) -> Bool {
    guard let base = parameter.baseAddress else { return true }
    return Kernels.rmsprop(
      parameter.count, base, gradient, slots[0], rate: learningRate, decay: decay,
      epsilon: epsilon)
  }
}
