package import CKernels
import RealModule

// Functions of each scalar on its own.
extension Tensor {
  package func mapped(
    _ operation: dk_unary, _ pullback: @escaping Node.Pullback
  ) -> Tensor {
    mapped(operation).recording([self], pullback)
  }

  /// The function's value without a gradient.
  package func mapped(_ operation: dk_unary) -> Tensor {
    Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress else { return }
      withPointer { source in
        guard let source = source.baseAddress else { return }
        Kernels.unary(operation, buffer.count, source, target)
      }
    }
  }

  /// The negative of every scalar.
  public static prefix func - (operand: Tensor) -> Tensor {
    operand.mapped(.negate) { [-$0.cotangent] }
  }

  /// e to the power of every scalar.
  public func exp() -> Tensor { mapped(.exp) { [$0.cotangent * $0.output] } }

  /// exp(x) - 1, accurate near zero.
  public func expm1() -> Tensor { mapped(.expm1) { [$0.cotangent * ($0.output + 1)] } }

  /// The natural logarithm; -infinity at zero.
  public func log() -> Tensor { mapped(.log) { [$0.cotangent / $0.inputs[0]] } }

  /// log(1 + x), accurate near zero.
  public func log1p() -> Tensor { mapped(.log1p) { [$0.cotangent / ($0.inputs[0] + 1)] } }

  /// log(1 - exp(x)) for x <= 0, accurate at both ends where the naive form loses every digit.
  public func log1mExp() -> Tensor {
    let small = self .> Tensor(Scalar(-Double.logOfTwo))
    // Each branch is kept away from the other's singularity, or its infinite derivative times zero
    // would be NaN.
    let safe = Tensor(Scalar(-1))
    let near = (-select(small, self, safe).expm1()).log()
    let far = (-select(small, safe, self).exp()).log1p()
    return select(small, near, far)
  }

  /// The square root.
  public func sqrt() -> Tensor { mapped(.sqrt) { [$0.cotangent / ($0.output * 2)] } }

  /// The square of every scalar.
  public func squared() -> Tensor { mapped(.square) { [$0.cotangent * ($0.inputs[0] * 2)] } }

  /// The absolute value; its derivative at zero is taken as zero.
  public func abs() -> Tensor { mapped(.abs) { [$0.cotangent * $0.inputs[0].sign()] } }

  /// -1, 0 or 1; without a gradient.
  public func sign() -> Tensor { mapped(.sign) }

  /// One over every scalar.
  public func reciprocal() -> Tensor {
    mapped(.reciprocal) { [-$0.cotangent * $0.output.squared()] }
  }

  /// The logistic function, 1 / (1 + exp(-x)).
  public func sigmoid() -> Tensor {
    mapped(.sigmoid) { [$0.cotangent * $0.output * (1 - $0.output)] }
  }

  /// log(sigmoid(x)), without overflow.
  public func logSigmoid() -> Tensor {
    mapped(.log_sigmoid) { [$0.cotangent * (-$0.inputs[0]).sigmoid()] }
  }

  /// log(1 + exp(x)), without overflow.
  public func softplus() -> Tensor {
    mapped(.softplus) { [$0.cotangent * $0.inputs[0].sigmoid()] }
  }

  /// The hyperbolic tangent.
  public func tanh() -> Tensor {
    mapped(.tanh) { [$0.output.tanhSlopes($0)] }
  }

  /// The cotangent of what this is the hyperbolic tangent of.
  func tanhSlopes(_ context: PullbackContext) -> Tensor {
    let cotangent = context.cotangent
    if context.isDifferentiated { return cotangent * (1 - squared()) }
    return Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(self, cotangent.contiguous()) {
        Kernels.tanhBackward(buffer.count, $0, $1, target)
      }
    }
  }

  /// max(x, 0); its derivative at zero is taken as zero.
  public func relu() -> Tensor { mapped(.relu) { [$0.cotangent * $0.inputs[0].step()] } }

  /// x where x > 0, else `slope` times x.
  public func leakyRelu(slope: Scalar = 0.01) -> Tensor {
    self * (step() * (1 - slope) + slope)
  }

  /// 1 where x > 0, else 0; without a gradient.
  public func step() -> Tensor { mapped(.step) }

  /// The largest integer not above x; without a gradient.
  public func floor() -> Tensor { mapped(.floor) }

  /// The sine.
  public func sin() -> Tensor { mapped(.sin) { [$0.cotangent * $0.inputs[0].cos()] } }

  /// The cosine.
  public func cos() -> Tensor { mapped(.cos) { [-$0.cotangent * $0.inputs[0].sin()] } }

  /// 1 where the scalar is finite, else 0; without a gradient.
  public func isFinite() -> Tensor { mapped(.is_finite) }

  /// Whether every scalar is finite.
  public var allFinite: Bool {
    withPointer { buffer in
      buffer.baseAddress.map { Kernels.allFinite(buffer.count, $0) } ?? true
    }
  }

  /// Whether every scalar of all these tensors is finite, in one pass.
  package static func allFinite(_ tensors: [Tensor]) -> Bool {
    let tensors = tensors.map { $0.contiguous() }
    return withExtendedLifetime(tensors) {
      Kernels.allFinite(tensors.count, tensors.map(\.count), tensors.map(\.base))
    }
  }
}
