import Learning
import Models
import Tensors

/// A perceptron over bits in whole numbers, whose activations have 12 bits behind the point.
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

  private let first: WholeLayer
  private let others: [WholeLayer]

  init(_ network: Perceptron, of input: Input) {
    let linears = network.hidden + [network.output]
    var first = WholeLayer(linears[0])
    let rows = linears[0].weight.shape[0]
    switch input {
    case .bits: break
    case .signs:
      for row in 0..<rows { first.add(row, times: -1, to: &first.base) }
      let base = first.base
      first = WholeLayer(linears[0], doubled: true)
      first.base = base
    case .centered(let mean):
      var sums = [Int64](repeating: 0, count: first.outputs)
      for (row, value) in mean.scalars.enumerated() {
        first.add(row, times: Int64(wholeNumber(value)), to: &sums)
      }
      for place in sums.indices { first.base[place] -= rounded(sums[place], dropping: 16) }
    }
    self.first = first
    others = linears.dropFirst().map { WholeLayer($0) }
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
