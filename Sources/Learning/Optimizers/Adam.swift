import CKernels
import RealModule
public import Tensors

/// Adam: steps of the mean gradient over the root of its mean square, both debiased.
///
/// With a weight decay it is AdamW. Kingma and Ba (2015), Adam: A method for stochastic
/// optimization; Loshchilov and Hutter (2019), Decoupled weight decay regularization.
public struct Adam: Optimizer {
  public let beta1: Scalar
  public let beta2: Scalar
  public let epsilon: Scalar
  public let weightDecay: Scalar
  public var state = OptimizerState()

  public var slotNames: [String] { ["first", "second"] }

  /// Traps unless both betas are in 0..<1, epsilon is positive, and the decay is not negative.
  public init(
    beta1: Scalar = 0.9, beta2: Scalar = 0.999, epsilon: Scalar = 1e-8, weightDecay: Scalar = 0
  ) {
    require(
      beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0 && weightDecay >= 0,
      "Adam with beta1 \(beta1), beta2 \(beta2), epsilon \(epsilon), weight decay \(weightDecay)")
    self.weightDecay = weightDecay
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
  }

  public func move(
    _ parameter: UnsafeMutableBufferPointer<Scalar>, along gradient: UnsafePointer<Scalar>,
    slots: [UnsafeMutablePointer<Scalar>], learningRate: Scalar, step: Int
  ) -> Bool {
    guard let base = parameter.baseAddress else { return true }
    return Kernels.adam(
      parameter.count, base, gradient, slots[0], slots[1], rate: learningRate, beta1: beta1,
      beta2: beta2, epsilon: epsilon, correction1: 1 / (1 - Scalar.pow(beta1, Scalar(step))),
      correction2: 1 / (1 - Scalar.pow(beta2, Scalar(step))))
  }
}
