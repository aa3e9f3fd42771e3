import Learning
import Tensors

/// A linear map in whole numbers: any order of its sums gives the same.
///
/// Weights and biases have 16 bits behind the point and 32 in all, sums have 64 bits.
struct WholeLayer: Sendable {
  let outputs: Int
  /// [inputs, outputs].
  let weights: [Int32]
  /// Where sums begin, with 16 bits behind the point.
  var base: [Int64]

  /// - Parameter mask: one for each weight that counts, zero for the others; `nil` for all.
  init(_ linear: Linear, doubled: Bool = false, mask: Tensor? = nil) {
    outputs = linear.bias.count
    let kept = mask.map { linear.weight.detached() * $0 } ?? linear.weight
    weights = kept.scalars.map { wholeNumber($0) }.map { doubled ? $0 &* 2 : $0 }
    base = linear.bias.scalars.map { Int64(wholeNumber($0)) }
  }

  /// Adds a row, times a whole factor, to sums.
  func add(_ row: Int, times factor: Int64, to sums: inout [Int64]) {
    weights.withUnsafeBufferPointer { weights in
      sums.withUnsafeMutableBufferPointer { sums in
        let start = row * outputs
        for place in 0..<outputs { sums[place] &+= factor &* Int64(weights[start + place]) }
      }
    }
  }

  /// One output: a row of numbers with 16 bits behind the point, times a column.
  func sum(_ output: Int, of values: [Int64]) -> Int64 {
    var sum: Int64 = 0
    for (row, value) in values.enumerated() where value != 0 {
      sum &+= value &* Int64(weights[row * outputs + output])
    }
    return base[output] &+ rounded(sum, dropping: 16)
  }

  /// Every output of such a row.
  func sums(of values: [Int64]) -> [Int64] {
    var sums = [Int64](repeating: 0, count: outputs)
    for (row, value) in values.enumerated() where value != 0 {
      add(row, times: value, to: &sums)
    }
    return zip(base, sums).map { $0 &+ rounded($1, dropping: 16) }
  }
}

/// A number with 16 bits behind the point; what has no room in 32 becomes the largest that has.
func wholeNumber(_ value: Scalar) -> Int32 {
  // In single precision first, so that a build in double precision has the same.
  let scaled = (Double(Float(value)) * 65_536).rounded(.toNearestOrEven)
  // Twice of it must fit too.
  let most = Double(Int32.max / 2)
  return Int32(max(-most, min(most, scaled)))
}

/// The nearest multiple of a power of two, divided by it; halves go up.
func rounded(_ value: Int64, dropping bits: Int64) -> Int64 {
  (value &+ 1 << (bits - 1)) >> bits
}
