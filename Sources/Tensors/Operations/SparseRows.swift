import CKernels

/// For every row, the columns whose bits are set.
///
/// A product adds the rows of its other factor that are listed.
struct SparseRows: BitProduct {
  let rows: Int
  let starts: [Int32]
  let columns: [Int32]

  init(_ bits: PackedBits) {
    rows = bits.rows
    let (width, count) = (bits.width, bits.setCount)
    var starts = [Int32](repeating: 0, count: rows + 1)
    columns = [Int32](unsafeUninitializedCapacity: max(1, count)) { columns, initialized in
      if let base = columns.baseAddress {
        dk_list_bits(bits.rows, width, bits.words, &starts, base)
      }
      initialized = count
    }
    self.starts = starts
  }

  func product(_ weight: Tensor, onto bias: Tensor, centeredBy center: Tensor?) -> Tensor {
    sums(of: weight, onto: center.map { weight.centering(bias, by: $0) } ?? bias)
  }

  func slopes(
    _ cotangents: Tensor, centeredBy center: Tensor?
  ) -> (weight: Tensor, bias: Tensor) {
    let total = cotangents.sum(along: 0)
    let weight =
      center.map { sums(of: cotangents, onto: total, scaledBy: -$0) } ?? sums(of: cotangents)
    return (weight, total)
  }

  /// scales[r] row + the listed rows of a matrix; without a row it is zero, without scales they are
  /// one.
  private func sums(
    of matrix: Tensor, onto row: Tensor? = nil, scaledBy scales: Tensor? = nil
  ) -> Tensor {
    let outputs = matrix.shape[1]
    return Tensor(shape: [rows, outputs]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(matrix, row, scales) {
        Kernels.bitsProduct(rows, matrix.shape[0], outputs, starts, columns, $0, $1, $2, target)
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
      Tensor.reading(self, bias, center) { Kernels.centeredBias(n, m, $2, $0, $1, target) }
    }
  }
}
