import Learning
import Stochastics
public import Tensors

/// The laws that a masked network gives to bits, one for each input that it is shown.
///
/// What an encoder makes of an input is added to the sums of the first hidden layer and to the
/// log-odds of the bits; the weights between bits are shared. Masks are between bits only: every
/// bit may depend on the whole input.
public struct ConditionalMADE: AutoregressiveBits {
  public let network: MADE
  /// Added to the sums of the first hidden layer, batch + [units].
  let units: Tensor
  /// Added to the log-odds, batch + [bits].
  let odds: Tensor

  /// Traps unless the network has one mask and the shifts its sizes.
  ///
  /// - Parameter shifts: what is added to units and to log-odds, batch + [`shiftCount(of:)`].
  public init(_ network: MADE, shifts: Tensor) {
    let (count, axis) = (ConditionalMADE.shiftCount(of: network), shifts.rank - 1)
    require(
      network.masks.count == 1 && axis >= 0 && shifts.shape[max(0, axis)] == count,
      "shifts of shape \(shifts.shape) for \(count) units and bits under \(network.masks.count) masks"
    )
    let first = count - network.variableCount
    self.network = network
    units = shifts.sliced(along: axis, 0..<first)
    odds = shifts.sliced(along: axis, first..<count)
  }

  /// Units of the first hidden layer, and bits.
  public static func shiftCount(of network: MADE) -> Int {
    network.layers[0].bias.count + network.variableCount
  }

  public var batch: [Int] { odds.shape.dropLast() }

  public var order: [Int] { network.order }

  public func choices(samples: Int) -> MaskedChoices {
    MaskedChoices(
      network, rows: samples * batch.reduce(1, *), units: units.scalars, odds: odds.scalars)
  }

  private func law(at sample: Bits) -> Bernoulli {
    Bernoulli(logits: network.logits(at: sample.tensor, units: units, odds: odds))
  }

  public func logProbabilities(_ sample: Bits) -> Tensor {
    law(at: sample).logProbabilities(sample)
  }

  public func logProbability(_ sample: Bits) -> Tensor { law(at: sample).logProbability(sample) }

  /// Bit by bit the likelier value given those before it, [1] + batch + [bits]; all together need
  /// not be the likeliest.
  public func greedy() -> Bits {
    var walk = choices(samples: 1)
    var bits: [[Int32]] = []
    for _ in 0..<choiceCount {
      let logs = walk.logProbabilities()
      bits.append((0..<walk.rows).map { logs[2 * $0 + 1] > logs[2 * $0] ? 1 : 0 })
      walk.take(bits[bits.count - 1])
    }
    return sample(1, of: (0..<walk.rows).flatMap { row in bits.map { $0[row] } })
  }
}
