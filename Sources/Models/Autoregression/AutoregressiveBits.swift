import RealModule
public import Stochastics
public import Tensors

/// Bits that are made one after the other in an order, each given those before it.
///
/// A conformer says the order, the log-probability of every bit and how a walk goes; what else a
/// law has follows.
public protocol AutoregressiveBits: ChoiceLaw, StepwiseDistribution, EnumerableDistribution
where Sample == Bits, Point == Tensor {
  /// The bit at each place.
  var order: [Int] { get }
}

extension AutoregressiveBits {
  public var batch: [Int] { [] }

  /// Number of bits.
  public var variableCount: Int { order.count }

  public var choiceCount: Int { order.count }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }

  public var stateCount: Int? { Bernoulli(logits: .zeros([variableCount])).stateCount }

  public func states() -> Bits { Bernoulli(logits: .zeros(batch + [variableCount])).states() }

  public func choices(of sample: Bits) -> [Int32] {
    let scalars = sample.tensor.scalars
    return (0..<scalars.count / variableCount).flatMap { row in
      order.map { Int32(scalars[row * variableCount + $0]) }
    }
  }

  public func sample(_ samples: Int, of choices: [Int32]) -> Bits {
    var bits = [Scalar](repeating: 0, count: choices.count)
    for row in 0..<choices.count / variableCount {
      for (step, bit) in order.enumerated() {
        bits[row * variableCount + bit] = Scalar(choices[row * variableCount + step])
      }
    }
    return Bits(Tensor(bits, shape: [samples] + batch + [variableCount]))
  }

  /// Samples [count] + batch + [bits], bit by bit.
  ///
  /// - Complexity: one walk.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    require(count >= 0, "\(count) samples")
    var noise = Philox(seed: generator.next())
    var walk = choices(samples: count)
    var bits: [[Int32]] = []
    for _ in 0..<choiceCount {
      let logs = walk.logProbabilities()
      bits.append((0..<walk.rows).map { -noise.exponential() < logs[2 * $0 + 1] ? 1 : 0 })
      walk.take(bits[bits.count - 1])
    }
    return sample(count, of: (0..<walk.rows).flatMap { row in bits.map { $0[row] } })
  }
}

/// The log-probabilities of zero and one.
struct BitLogs {
  let both: [Double]

  init(logit: Double) {
    let shift = max(logit, 0) + Double.log(onePlus: Double.exp(-abs(logit)))
    both = [-shift, logit - shift]
  }
}

extension RandomNumberGenerator {
  /// A standard exponential variate of one word.
  fileprivate mutating func exponential() -> Double { -Double.log(uniform()) }
}
