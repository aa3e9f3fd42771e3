import CKernels

/// Bits packed 32 to a word, row by row, which stand for 1 and 0, or with signs for 1 and -1.
///
/// A product looks up the sum of four rows of its other factor, where a dense one multiplies and
/// adds four times.
struct PackedBits: BitProduct {
  let rows: Int
  let width: Int
  let words: [UInt32]
  /// Number of bits that are set.
  let setCount: Int
  var isSigned = false

  /// Packs a matrix of zeros and ones.
  init(_ matrix: Tensor) {
    let (rows, width) = (matrix.shape[0], matrix.shape[1])
    let words = PackedBits.words(rows, width) { words in
      matrix.withPointer { bits in
        guard let bits = bits.baseAddress else { return }
        Kernels.packBits(rows, width, bits, words)
      }
    }
    let setCount = words.reduce(0) { $0 + $1.nonzeroBitCount }
    self.init(rows: rows, width: width, words: words, setCount: setCount)
  }

  private init(rows: Int, width: Int, words: [UInt32], setCount: Int) {
    self.rows = rows
    self.width = width
    self.words = words
    self.setCount = setCount
  }

  private static func words(
    _ rows: Int, _ width: Int, _ pack: (UnsafeMutablePointer<UInt32>) -> Void
  ) -> [UInt32] {
    let count = rows * ((width + 31) / 32)
    return [UInt32](unsafeUninitializedCapacity: count) { words, initialized in
      if let base = words.baseAddress, count > 0 { pack(base) }
      initialized = count
    }
  }

  /// The transpose, without signs.
  func transposed() -> PackedBits {
    PackedBits(
      rows: width, width: rows,
      words: PackedBits.words(width, rows) { dk_transpose_bits(rows, width, words, $0) },
      setCount: setCount)
  }

  func product(_ weight: Tensor, onto bias: Tensor, centeredBy center: Tensor?) -> Tensor {
    let outputs = weight.shape[1]
    return Tensor(shape: [rows, outputs]) { buffer in
      guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
      Tensor.reading(weight, bias, center) {
        Kernels.packedProduct(rows, width, outputs, words, isSigned, $0, $1, $2, target)
      }
    }
  }

  func slopes(
    _ cotangents: Tensor, centeredBy center: Tensor?
  ) -> (weight: Tensor, bias: Tensor) {
    let outputs = cotangents.shape[1]
    return Tensor.writing([rows, outputs], [outputs]) { target, sums in
      Tensor.reading(cotangents, center) {
        Kernels.packedSlopes(rows, width, outputs, words, isSigned, $0, $1, target, sums)
      }
    }
  }
}
