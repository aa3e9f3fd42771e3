import CKernels
import Synchronization

/// A matrix of bits in a form that makes products with it fast.
protocol BitProduct: Sendable {
  var rows: Int { get }

  /// target[r] = scales[r] row + bits[r] · weight, for a weight with so many outputs; without
  /// scales they are one.
  func product(
    _ weight: UnsafePointer<Scalar>, outputs: Int, onto row: UnsafePointer<Scalar>,
    scaledBy scales: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>)
}

/// The bits of a tensor in the forms that products want, each made at first use.
package final class BitPattern: Sendable {
  private struct Forms {
    var packed: PackedBits?
    var sparse: SparseRows?
  }

  /// Zeros and ones.
  private let bits: Tensor
  /// Of the matrix, and of its transpose.
  private let forms = Mutex([Forms(), Forms()])

  init(_ bits: Tensor) { self.bits = bits }

  /// The form for a product with so many outputs, of the matrix or its transpose; `nil` where a
  /// dense product is as fast.
  ///
  /// Sums of rows were faster than looking up with one bit in ten set, and faster than a dense
  /// product with one in three. Looking up took half of the time of a dense product for 48 rows and
  /// more; with fewer, the sums that are looked up are made for too few. The same form serves both
  /// matrices.
  private func form(
    outputs: Int, isSigned: Bool, isTransposed: Bool = false
  ) -> (any BitProduct)? {
    forms.withLock { forms in
      let packed = forms[0].packed ?? PackedBits(bits.rows())
      forms[0].packed = packed
      let looksUp = min(packed.rows, packed.width) >= 48 && outputs >= 32
      let most = Double(packed.rows * packed.width) * (looksUp ? 0.1 : 0.3)
      let isSparse = !isSigned && Double(packed.setCount) <= most
      guard isSparse || looksUp else { return nil }
      let side = isTransposed ? 1 : 0
      var words = forms[side].packed ?? packed.transposed()
      forms[side].packed = words
      if isSparse {
        let sparse = forms[side].sparse ?? SparseRows(words)
        forms[side].sparse = sparse
        return sparse
      }
      words.isSigned = isSigned
      return words
    }
  }

  /// (x - center) · weight + bias, of shape [rows, out], for bits x or 2 x - 1; `nil` where a dense
  /// product is as fast.
  func affine(_ weight: Tensor, _ bias: Tensor, center: Tensor?, isSigned: Bool) -> Tensor? {
    let outputs = weight.shape[1]
    guard let form = form(outputs: outputs, isSigned: isSigned) else { return nil }
    let shift = center.map { weight.centering(bias, by: $0) } ?? bias
    return form.product(weight, onto: shift).recording(weight, bias) { [self] context in
      let sums = context.cotangent.sum(along: 0)
      return [
        context.cotangent(of: 0) {
          guard
            !context.cotangent.isTracked,
            let columns = self.form(outputs: outputs, isSigned: isSigned, isTransposed: true)
          else { return dense(center, isSigned: isSigned).transposed().matmul(context.cotangent) }
          let none = Tensor.zeros([outputs])
          return columns.product(
            context.cotangent, onto: center == nil ? none : sums, scaledBy: center.map { -$0 })
        },
        context.cotangent(of: 1) { sums },
      ]
    }
  }

  private func dense(_ center: Tensor?, isSigned: Bool) -> Tensor {
    let x = isSigned ? bits.rows() * 2 - 1 : bits.rows()
    return center.map { x - $0 } ?? x
  }
}

extension BitProduct {
  /// bits · weight, added to a row that is repeated, or scaled for each row.
  fileprivate func product(
    _ weight: Tensor, onto row: Tensor, scaledBy scales: Tensor? = nil
  ) -> Tensor {
    let (weight, row, scales) = (weight.contiguous(), row.contiguous(), scales?.contiguous())
    let outputs = weight.shape[1]
    return Tensor(shape: [rows, outputs]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(weight, row) { weight, row in
        if let scales {
          scales.withBase {
            product(weight, outputs: outputs, onto: row, scaledBy: $0, into: target)
          }
        } else {
          product(weight, outputs: outputs, onto: row, scaledBy: nil, into: target)
        }
      }
    }
  }
}

extension Tensor {
  /// bias - center · self, without a gradient.
  fileprivate func centering(_ bias: Tensor, by center: Tensor) -> Tensor {
    let (n, m) = (shape[0], shape[1])
    return Tensor(shape: [m]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(contiguous(), bias.contiguous(), center.contiguous()) {
        Kernels.centeredBias(n, m, $2, $0, $1, target)
      }
    }
  }
}
