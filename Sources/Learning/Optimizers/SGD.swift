import CKernels
public import Tensors

/// Stochastic gradient descent with momentum, Nesterov's on request.
///
/// Sutskever, Martens, Dahl and Hinton (2013), On the importance of initialization and momentum in
/// deep learning.
public struct SGD: Optimizer {
  public let momentum: Scalar
  public let isNesterov: Bool
  public var state = OptimizerState()

  /// A velocity where there is momentum.
  public var slotNames: [String] { momentum == 0 ? [] : ["velocity"] }

  /// Traps unless the momentum is in 0..<1.
  public init(momentum: Scalar = 0, isNesterov: Bool = false) {
    require(momentum >= 0 && momentum < 1, "momentum \(momentum) is not in [0, 1)")
    self.momentum = momentum
    self.isNesterov = isNesterov
  }

  public func move(
    _ parameter: UnsafeMutableBufferPointer<Scalar>, along gradient: UnsafePointer<Scalar>,
    slots: [UnsafeMutablePointer<Scalar>], learningRate: Scalar, step: Int
  ) -> Bool {
    guard let base = parameter.baseAddress else { return true }
    if momentum == 0 {
      return Kernels.sgd(parameter.count, base, gradient, rate: learningRate)
    } else {
      return Kernels.momentum(
        parameter.count, base, gradient, slots[0], rate: learningRate, momentum: momentum,
        nesterov: isNesterov)
    }
  }
}
