import Learning
import Models
import Tensors

/// A perceptron over bits in whole numbers: any order of its sums gives the same.
///
/// Weights and biases have 16 bits behind the point and 32 in all, activations 12 behind it, sums
/// have 64 bits.
struct WholeNetwork: Sendable {
  /// What a layer below means to the network.
  enum Input {
    /// Bits, less a mean.
    case centered(Tensor)
    /// Bits as 2h - 1.
    case signs
    /// Bits as they are, such as one-hot classes.
    case bits
  }

  private struct Layer: Sendable {
    let outputs: Int
    /// [inputs, outputs].
    let weights: [Int32]
    /// Where sums begin, 16 bits behind the point.
    var base: [Int64]

    init(_ linear: Linear, doubled: Bool = false) {
      outputs = linear.bias.count
      weights = linear.weight.scalars.map { wholeNumber($0) }.map { doubled ? $0 &* 2 : $0 }
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
  }

  private let first: Layer
  private let others: [Layer]

  init(_ network: Perceptron, of input: Input) {
    let linears = network.hidden + [network.output]
    var first = Layer(linears[0])
    let rows = linears[0].weight.shape[0]
    switch input {
    case .bits: break
    case .signs:
      for row in 0..<rows { first.add(row, times: -1, to: &first.base) }
      let base = first.base
      first = Layer(linears[0], doubled: true)
      first.base = base
    case .centered(let mean):
      var sums = [Int64](repeating: 0, count: first.outputs)
      for (row, value) in mean.scalars.enumerated() {
        first.add(row, times: Int64(wholeNumber(value)), to: &sums)
      }
      for place in sums.indices { first.base[place] -= rounded(sums[place], dropping: 16) }
    }
    self.first = first
    others = linears.dropFirst().map { Layer($0) }
  }

  /// Logits with 16 bits behind the point, by the places of the inputs that are one.
  func logits(of ones: [Int]) -> [Int64] {
    var sums = first.base
    for row in ones { first.add(row, times: 1, to: &sums) }
    for layer in others {
      var next = [Int64](repeating: 0, count: layer.outputs)
      for (row, sum) in sums.enumerated() {
        layer.add(row, times: Int64(LogisticTable.shared.hyperbolicTangent(sum)), to: &next)
      }
      sums = zip(layer.base, next).map {
        $0 + rounded($1, dropping: Int64(LogisticTable.activationBits))
      }
    }
    return sums
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
private func rounded(_ value: Int64, dropping bits: Int64) -> Int64 {
  (value + 1 << (bits - 1)) >> bits
}
