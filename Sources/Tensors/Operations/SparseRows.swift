import CBLAS
import CKernels
import Synchronization

/// For every row, the columns whose bits are set.
package final class SparseRows: Sendable {
  let rows: Int
  let width: Int
  let starts: [Int32]
  let columns: [Int32]

  /// Sums of rows were faster than a dense product up to about a third of the bits set.
  static let densest = 0.3

  package init?(_ matrix: Tensor) {
    let (rows, width) = (matrix.shape[0], matrix.shape[1])
    var starts = [Int32](repeating: 0, count: rows + 1)
    var total = 0
    let columns = [Int32](unsafeUninitializedCapacity: rows * width) { columns, initialized in
      matrix.withPointer { bits in
        guard let bits = bits.baseAddress, let columns = columns.baseAddress else { return }
        total = Kernels.bitsLists(rows, width, bits, &starts, columns)
      }
      initialized = total
    }
    guard Double(total) <= SparseRows.densest * Double(rows * width) else { return nil }
    self.rows = rows
    self.width = width
    self.starts = starts
    self.columns = columns
  }

  /// (bits - center) · weight + bias, of shape [rows, out].
  package func affine(_ weight: Tensor, _ bias: Tensor, center: Tensor?) -> Tensor {
    var shift = bias.detached()
    if let center {
      shift -= center.reshaped([1, width]).matmul(weight.detached()).reshaped(shift.shape)
    }
    return product(weight, shift).recording(weight, bias) { [self] context in
      let sums = context.cotangent.sum(along: 0)
      return [
        context.cotangent(of: 0) {
          context.cotangent.isTracked
            ? dense(center).transposed().matmul(context.cotangent)
            : transposedProduct(context.cotangent, center: center, sums: sums)
        },
        context.cotangent(of: 1) { sums },
      ]
    }
  }

  private func product(_ weight: Tensor, _ bias: Tensor) -> Tensor {
    let (weight, bias) = (weight.contiguous(), bias.contiguous())
    let outputs = weight.shape[1]
    return Tensor(shape: [rows, outputs]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(weight, bias) { weight, bias in
        Kernels.bitsProduct(rows, width, outputs, starts, columns, weight, bias, target)
      }
    }
  }

  /// (bits - center)^T · other, of shape [in, out]; `sums` are the column sums of `other`.
  private func transposedProduct(_ other: Tensor, center: Tensor?, sums: Tensor) -> Tensor {
    let (other, sums) = (other.contiguous(), sums.contiguous())
    let outputs = other.shape[1]
    return Tensor(shape: [width, outputs]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      other.withBase {
        Kernels.bitsProductGradient(rows, width, outputs, starts, columns, $0, target)
      }
      center?.contiguous().withBase { center in
        sums.withBase { sums in
          gemm(
            false, false, width, outputs, 1, -1, center, 1, sums, outputs, 1, target, outputs)
        }
      }
    }
  }

  /// The bits less the center as scalars.
  private func dense(_ center: Tensor?) -> Tensor {
    var bits = Tensor.zeros([rows, width])
    bits.withMutablePointer { buffer in
      for row in 0..<rows {
        for place in starts[row]..<starts[row + 1] {
          buffer[row * width + Int(columns[Int(place)])] = 1
        }
      }
    }
    return center.map { bits - $0 } ?? bits
  }
}

/// Remembers the row lists, so that several products with the same bits list them once.
package final class RowLists: Sendable {
  private enum State {
    case unknown
    case known(SparseRows?)
  }
  private let state = Mutex<State>(.unknown)

  package func rows(_ make: () -> SparseRows?) -> SparseRows? {
    state.withLock { state in
      if case .known(let rows) = state { return rows }
      let rows = make()
      state = .known(rows)
      return rows
    }
  }
}

extension Tensor {
  /// The lists of set bits, if this tensor came from `Bits` few enough of which are set.
  package var sparseRows: SparseRows? {
    guard node == nil && rank > 0 else { return nil }
    return rowLists?.rows { SparseRows(rows()) }
  }
}
