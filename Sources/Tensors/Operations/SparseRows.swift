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

  func product(
    _ weight: UnsafePointer<Scalar>, outputs: Int, onto row: UnsafePointer<Scalar>,
    scaledBy scales: UnsafePointer<Scalar>?, into target: UnsafeMutablePointer<Scalar>
  ) {
    Kernels.bitsProduct(rows, outputs, starts, columns, weight, row, scales, target)
  }
}
