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
  /// center moves into the bias.
  public func affine(_ weight: Tensor, _ bias: Tensor, centeredBy center: Tensor? = nil) -> Tensor {
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
      return value.reshaped(target)
    }
    let rows = (center.map { self - $0.detached() } ?? self).rows()
    let value = rows.product(weight, onto: bias).recording([rows, weight, bias]) { context in
      let (x, weight) = (context.inputs[0], context.inputs[1])
      return [
        context.cotangent(of: 0) { context.cotangent.matmul(weight.transposed()) },
        context.cotangent(of: 1) { x.transposed().matmul(context.cotangent) },
        context.cotangent(of: 2) { context.cotangent.sum(along: 0) },
      ]
    }
    return value.reshaped(target)
  }

  /// This tensor as a matrix whose rows run along the last axis.
  package func rows() -> Tensor { reshaped([Shape.count(shape.dropLast()), shape[rank - 1]]) }

  /// One matrix product, added to a row vector repeated if there is one; without a gradient.
  private func product(_ other: Tensor, onto row: Tensor? = nil) -> Tensor {
    let (m, k, n) = (shape[0], shape[1], other.shape[1])
    let (a, b) = (MatrixOperand(self), MatrixOperand(other))
    let start = row?.detached().broadcast(to: [m, n])
    return Tensor(shape: [m, n]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      start?.withBase { Kernels.copy(2, [m, n], $0, start?.strides ?? [], target) }
      Tensor.reading(a.tensor, b.tensor) { left, right in
        gemm(
          a.isTransposed, b.isTransposed, m, n, k, 1, left, a.leading, right, b.leading,
          row == nil ? 0 : 1, target, n)
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
