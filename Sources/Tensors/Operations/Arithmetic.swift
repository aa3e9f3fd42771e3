package import CKernels

// Functions of two scalars, with broadcasting: sizes are aligned at the last axis and a size of one
// stretches.

infix operator .> : ComparisonPrecedence
infix operator .< : ComparisonPrecedence
infix operator .<= : ComparisonPrecedence
infix operator .== : ComparisonPrecedence

extension Tensor {
  package static func combined(
    _ operation: dk_binary, _ a: Tensor, _ b: Tensor
  ) -> Tensor {
    if let (shape, aStride, bStride) = flat(a, b) {
      return Tensor(shape: shape) { buffer in
        guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
        var (count, aStride, bStride) = (buffer.count, aStride, bStride)
        Tensor.reading(a, b) { a, b in
          Kernels.binary(operation, 1, &count, a, &aStride, b, &bStride, target)
        }
      }
    }
    let shape = Shape.broadcast(a.shape, b.shape)
    let aStrides = Shape.broadcastStrides(a.shape, a.strides, to: shape)
    let bStrides = Shape.broadcastStrides(b.shape, b.strides, to: shape)
    return Tensor(shape: shape) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(a, b) { a, b in
        Kernels.binary(operation, shape.count, shape, a, aStrides, b, bStrides, target)
      }
    }
  }

  /// The shape and the strides of an operation that runs over its operands as if they were vectors,
  /// a scalar being a vector of stride 0.
  private static func flat(_ a: Tensor, _ b: Tensor) -> (shape: [Int], a: Int, b: Int)? {
    guard a.isContiguous && b.isContiguous else { return nil }
    if a.shape == b.shape { return (a.shape, 1, 1) }
    if b.rank == 0 { return (a.shape, 1, 0) }
    if a.rank == 0 { return (b.shape, 0, 1) }
    return nil
  }

  /// The sum.
  public static func + (a: Tensor, b: Tensor) -> Tensor {
    combined(.add, a, b).recording(a, b) { context in
      [
        context.cotangent(of: 0) { context.cotangent.summed(to: context.inputs[0].shape) },
        context.cotangent(of: 1) { context.cotangent.summed(to: context.inputs[1].shape) },
      ]
    }
  }

  /// The difference.
  public static func - (a: Tensor, b: Tensor) -> Tensor {
    combined(.subtract, a, b).recording(a, b) { context in
      [
        context.cotangent(of: 0) { context.cotangent.summed(to: context.inputs[0].shape) },
        context.cotangent(of: 1) { -context.cotangent.summed(to: context.inputs[1].shape) },
      ]
    }
  }

  /// The product, scalar by scalar.
  public static func * (a: Tensor, b: Tensor) -> Tensor {
    combined(.multiply, a, b).recording(a, b) { context in
      let (a, b) = (context.inputs[0], context.inputs[1])
      return [
        context.cotangent(of: 0) { (context.cotangent * b).summed(to: a.shape) },
        context.cotangent(of: 1) { (context.cotangent * a).summed(to: b.shape) },
      ]
    }
  }

  /// The quotient, scalar by scalar.
  public static func / (a: Tensor, b: Tensor) -> Tensor {
    combined(.divide, a, b).recording(a, b) { context in
      let (a, b) = (context.inputs[0], context.inputs[1])
      return [
        context.cotangent(of: 0) { (context.cotangent / b).summed(to: a.shape) },
        context.cotangent(of: 1) { (-context.cotangent * context.output / b).summed(to: b.shape) },
      ]
    }
  }

  /// The base to the power of the exponent; the base must be positive where the exponent's gradient
  /// is wanted.
  public func power(_ exponent: Tensor) -> Tensor {
    Tensor.combined(.power, self, exponent).recording(self, exponent) { context in
      let (base, exponent) = (context.inputs[0], context.inputs[1])
      return [
        context.cotangent(of: 0) {
          (context.cotangent * exponent * base.power(exponent - 1)).summed(to: base.shape)
        },
        context.cotangent(of: 1) {
          (context.cotangent * context.output * base.log()).summed(to: exponent.shape)
        },
      ]
    }
  }

  // Disfavored, because `scalars.reduce(0, +) / 4` would else be as good a sum of tensors as of
  // scalars.
  @_disfavoredOverload
  public static func + (a: Tensor, b: Scalar) -> Tensor { a + Tensor(b) }
  @_disfavoredOverload
  public static func + (a: Scalar, b: Tensor) -> Tensor { Tensor(a) + b }
  @_disfavoredOverload
  public static func - (a: Tensor, b: Scalar) -> Tensor { a - Tensor(b) }
  @_disfavoredOverload
  public static func - (a: Scalar, b: Tensor) -> Tensor { Tensor(a) - b }
  @_disfavoredOverload
  public static func * (a: Tensor, b: Scalar) -> Tensor { a * Tensor(b) }
  @_disfavoredOverload
  public static func * (a: Scalar, b: Tensor) -> Tensor { Tensor(a) * b }
  @_disfavoredOverload
  public static func / (a: Tensor, b: Scalar) -> Tensor { a / Tensor(b) }
  @_disfavoredOverload
  public static func / (a: Scalar, b: Tensor) -> Tensor { Tensor(a) / b }

  public static func += (a: inout Tensor, b: Tensor) { a = a + b }
  public static func -= (a: inout Tensor, b: Tensor) { a = a - b }
  public static func *= (a: inout Tensor, b: Tensor) { a = a * b }
  public static func /= (a: inout Tensor, b: Tensor) { a = a / b }

  /// 1 where the left scalar is greater, else 0; without a gradient, like every comparison.
  public static func .> (a: Tensor, b: Tensor) -> Tensor { combined(.less, b, a) }

  /// 1 where the left scalar is smaller, else 0.
  public static func .< (a: Tensor, b: Tensor) -> Tensor { combined(.less, a, b) }

  /// 1 where the left scalar is not greater, else 0.
  public static func .<= (a: Tensor, b: Tensor) -> Tensor { combined(.less_equal, a, b) }

  /// 1 where the scalars are equal, else 0.
  public static func .== (a: Tensor, b: Tensor) -> Tensor { combined(.equal, a, b) }

  /// The sum over the axes along which `shape` was broadcast to reach this shape.
  package func summed(to shape: [Int]) -> Tensor {
    if self.shape == shape { return self }
    let missing = rank - shape.count
    var result = self
    for axis in 0..<rank
    where axis < missing || (shape[axis - missing] == 1 && self.shape[axis] != 1) {
      result = result.sum(along: axis, keepingDimensions: true)
    }
    return result.reshaped(shape)
  }
}

/// The larger of two scalars; where they are equal the gradient goes to the first.
public func maximum(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.combined(.maximum, a, b).recording(a, b) { $0.divided(by: $0.inputs[1] .<= $0.inputs[0]) }
}

/// The smaller of two scalars; where they are equal the gradient goes to the first.
public func minimum(_ a: Tensor, _ b: Tensor) -> Tensor {
  Tensor.combined(.minimum, a, b).recording(a, b) { $0.divided(by: $0.inputs[0] .<= $0.inputs[1]) }
}

extension PullbackContext {
  /// The cotangent goes to the first operand where the mask is not zero, else to the second.
  fileprivate func divided(by mask: Tensor) -> [Tensor?] {
    [
      cotangent(of: 0) { select(mask, cotangent, 0).summed(to: inputs[0].shape) },
      cotangent(of: 1) { select(mask, 0, cotangent).summed(to: inputs[1].shape) },
    ]
  }
}

/// `a` where the mask is not zero, else `b`, with broadcasting; the mask has no gradient.
public func select(_ mask: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
  let shape = Shape.broadcast(mask.shape, Shape.broadcast(a.shape, b.shape))
  let strides = [mask, a, b].map { Shape.broadcastStrides($0.shape, $0.strides, to: shape) }
  let value = Tensor(shape: shape) { buffer in
    guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
    Tensor.reading(mask, a, b) { mask, a, b in
      Kernels.select(shape.count, shape, mask, strides[0], a, strides[1], b, strides[2], target)
    }
  }
  let hard = mask.detached()
  return value.recording(a, b) { $0.divided(by: hard) }
}
