import CKernels
import Synchronization

/// A matrix of bits in a form that makes products with it fast.
protocol BitProduct: Sendable {
  var rows: Int { get }

  /// (bits - center) · weight + bias, for a center of every column; without a gradient, and of
  /// contiguous operands.
  func product(_ weight: Tensor, onto bias: Tensor, centeredBy center: Tensor?) -> Tensor

  /// (bits - center) · cotangents, for a center of every row, and the sums of the cotangents'
  /// columns.
  func slopes(
    _ cotangents: Tensor, centeredBy center: Tensor?
  ) -> (weight: Tensor, bias: Tensor)
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
  /// Over a product and its weights' gradient, sums of rows were faster by a tenth than looking up
  /// with one bit in eight set, and faster than a dense product with one in three. Looking up took
  /// half of the time of a dense product for 48 rows and more; with fewer, the sums that are looked
  /// up are made for too few. The same form serves both matrices.
  private func form(
    outputs: Int, isSigned: Bool, isTransposed: Bool = false
  ) -> (any BitProduct)? {
    forms.withLock { forms in
      let packed = forms[0].packed ?? PackedBits(bits.rows())
      forms[0].packed = packed
      let looksUp = min(packed.rows, packed.width) >= 48 && outputs >= 32
      let most = Double(packed.rows * packed.width) * (looksUp ? 0.125 : 0.3)
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
    let center = center?.contiguous()
    let value = form.product(
      weight.contiguous(), onto: bias.contiguous(), centeredBy: center)
    return value.recording(weight, bias) { [self] context in
      let cotangent = context.cotangent
      if context.needed[0], !cotangent.isTracked,
        let columns = self.form(outputs: outputs, isSigned: isSigned, isTransposed: true)
      {
        let slopes = columns.slopes(cotangent.contiguous(), centeredBy: center)
        return [slopes.weight, slopes.bias]
      }
      return [
        context.cotangent(of: 0) {
          dense(center, isSigned: isSigned).transposed().matmul(cotangent)
        },
        context.cotangent(of: 1) { cotangent.sum(along: 0) },
      ]
    }
  }

  private func dense(_ center: Tensor?, isSigned: Bool) -> Tensor {
    let x = isSigned ? bits.rows() * 2 - 1 : bits.rows()
    return center.map { x - $0 } ?? x
  }
}
