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

  package func product(_ weight: Tensor, _ bias: Tensor) -> Tensor {
    let weight = weight.contiguous()
    let bias = bias.contiguous()
    return Tensor(shape: [rows, weight.shape[1]]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      weight.withBase { weight in
        bias.withBase { bias in
          Kernels.bitsProduct(rows, width, buffer.count / rows, starts, columns, weight, bias, target)
        }
      }
    }
  }

  /// bits^T · other, of shape [in, out].
  package func transposedProduct(_ other: Tensor) -> Tensor {
    let other = other.contiguous()
    return Tensor(shape: [width, other.shape[1]]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      other.withBase {
        Kernels.bitsProductGradient(rows, width, other.shape[1], starts, columns, $0, target)
      }
    }
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
    guard node == nil, let width = shape.last else { return nil }
    return rowLists?.rows { SparseRows(reshaped([-1, width])) }
  }
}
