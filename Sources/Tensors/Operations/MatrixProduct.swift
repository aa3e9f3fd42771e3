import CBLAS
import CKernels

extension Tensor {
  /// The matrix product over the last two axes, with leading axes broadcast; vectors are not
  /// promoted.
  ///
  /// [..., m, k] times [..., k, n] is [..., m, n]. Transposed and sliced operands go to BLAS as
  /// they are, without a copy. Where the right operand is one matrix, the leading axes of the left
  /// one are folded into its rows.
  public func matmul(_ other: Tensor) -> Tensor {
    require(
      rank >= 2 && other.rank >= 2 && shape[rank - 1] == other.shape[other.rank - 2],
      "matrix product of \(shape) and \(other.shape)")
    if other.rank == 2 && rank > 2 {
      let folded = rows().matmul(other)
      return folded.reshaped(Array(shape.dropLast()) + [other.shape[1]])
    }
    let value = rank == 2 && other.rank == 2 ? product(other) : batchedProduct(other)
    return value.recording(self, other) { context in
      let (a, b) = (context.inputs[0], context.inputs[1])
      return [
        context.cotangent(of: 0) {
          context.cotangent.matmul(b.transposed()).summed(to: a.shape)
        },
        context.cotangent(of: 1) {
          a.transposed().matmul(context.cotangent).summed(to: b.shape)
        },
      ]
    }
  }

  /// (self - center) · weight + bias for rows [..., in], a weight [in, out], a bias [out] and a
  /// constant center [in].
  ///
  /// One pass over the result. Where this is a tensor of bits, or of their signs, the product and
  /// the weight's gradient are sums of rows, or of what is looked up for four rows at once, and the
  /// center is subtracted from the bias.
  public func affine(_ weight: Tensor, _ bias: Tensor, centeredBy center: Tensor? = nil) -> Tensor {
    affine(weight, bias, centeredBy: center, squashes: false)
  }

  /// The hyperbolic tangent of an affine map, in the pass that writes the product.
  package func squashedAffine(
    _ weight: Tensor, _ bias: Tensor, centeredBy center: Tensor? = nil
  ) -> Tensor {
    affine(weight, bias, centeredBy: center, squashes: true)
  }

  private func affine(
    _ weight: Tensor, _ bias: Tensor, centeredBy center: Tensor?, squashes: Bool
  ) -> Tensor {
    require(
      rank >= 1 && weight.rank == 2 && shape[rank - 1] == weight.shape[0]
        && bias.shape == [weight.shape[1]]
        && (center.map { $0.shape == [weight.shape[0]] } ?? true),
      "affine map of \(shape) by \(weight.shape) and \(bias.shape), center \(center?.shape ?? [])")
    let target = Array(shape.dropLast()) + [weight.shape[1]]
    if node == nil, let bits,
      let value = bits.pattern.affine(
        weight, bias, center: center?.detached(), isSigned: bits.isSigned)
    {
      return (squashes ? value.tanh() : value).reshaped(target)
    }
    let rows = (center.map { self - $0.detached() } ?? self).rows()
    let value = rows.product(weight, onto: bias, squashes: squashes)
    return value.recording([rows, weight, bias]) { context in
      let (x, weight) = (context.inputs[0], context.inputs[1])
      let slopes = squashes ? context.output.tanhSlopes(context) : context.cotangent
      return [
        context.cotangent(of: 0) { slopes.matmul(weight.transposed()) },
        context.cotangent(of: 1) { x.transposed().matmul(slopes) },
        context.cotangent(of: 2) { slopes.sum(along: 0) },
      ]
    }.reshaped(target)
  }

  /// This tensor as a matrix whose rows run along the last axis.
  package func rows() -> Tensor { reshaped([Shape.count(shape.dropLast()), shape[rank - 1]]) }

  /// One matrix product without a gradient.
  private func product(_ other: Tensor) -> Tensor {
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    let (a, b) = (MatrixOperand(self), MatrixOperand(other))
    return Tensor(shape: [m, n]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(a.tensor, b.tensor) { left, right in
        gemm(
          a.isTransposed, b.isTransposed, m, n, k, 1, left, a.leading, right, b.leading, 0, target,
          n)
      }
    }
  }

  /// One matrix product, added to a row vector that is repeated, and squashed; without a gradient.
  private func product(_ other: Tensor, onto row: Tensor, squashes: Bool) -> Tensor {
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    let (a, b) = (MatrixOperand(self), MatrixOperand(other))
    return Tensor(shape: [m, n]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(a.tensor, b.tensor, row.contiguous()) { left, right, row in
        CBLAS.affine(
          a.isTransposed, b.isTransposed, m, n, k, left, a.leading, right, b.leading, row,
          squashes: squashes, target)
      }
    }
  }

  private func batchedProduct(_ other: Tensor) -> Tensor {
    let batch = Shape.broadcast(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)))
    let (m, k, n) = (shape[rank - 2], shape[rank - 1], other.shape[other.rank - 1])
    let left = broadcast(to: batch + [m, k]).contiguous()
    let right = other.broadcast(to: batch + [k, n]).contiguous()
    return Tensor(shape: batch + [m, n]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(left, right) { left, right in
        for index in 0..<Shape.count(batch) {
          gemm(
            false, false, m, n, k, 1, left + index * m * k, Swift.max(k, 1),
            right + index * k * n, n, 0, target + index * m * n, n)
        }
      }
    }
  }
}

/// A matrix as BLAS wants it: row-major with a leading dimension, or the transpose of such a
/// matrix.
private struct MatrixOperand {
  let tensor: Tensor
  let isTransposed: Bool
  let leading: Int

  init(_ matrix: Tensor) {
    let (rows, columns) = (matrix.shape[0], matrix.shape[1])
    let (rowStep, columnStep) = (matrix.strides[0], matrix.strides[1])
    if (columnStep == 1 || columns == 1) && (rowStep >= columns || rows == 1) && rowStep > 0 {
      self.init(tensor: matrix, isTransposed: false, leading: max(rowStep, columns, 1))
    } else if (rowStep == 1 || rows == 1) && columnStep >= rows && columnStep > 0 {
      self.init(tensor: matrix, isTransposed: true, leading: max(columnStep, rows, 1))
    } else {
      self.init(tensor: matrix.contiguous(), isTransposed: false, leading: max(columns, 1))
    }
  }

  private init(tensor: Tensor, isTransposed: Bool, leading: Int) {
    self.tensor = tensor
    self.isTransposed = isTransposed
    self.leading = leading
  }
}
