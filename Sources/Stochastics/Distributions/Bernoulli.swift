public import Tensors

/// Independent Bernoulli variables with the given logits; the last axis is the event.
///
/// Logits have the shape `batch + [n]`, samples `[samples] + batch + [n]`. Logits of +-infinity are certain bits.
public struct Bernoulli: EnumerableDistribution, StepwiseDistribution {
  public typealias Sample = Bits
  public typealias Point = Tensor

  /// log(p / (1 - p)), of shape `batch + [n]`.
  public let logits: Tensor

  /// Traps unless there is an event axis.
  public init(logits: Tensor) {
    precondition(logits.rank >= 1, "Bernoulli logits need an event axis")
    self.logits = logits
  }

  /// Variables of the given probabilities in [0, 1].
  public init(probabilities: Tensor) {
    self.init(logits: probabilities.log() - (-probabilities).log1p())
  }

  public var batch: [Int] { Array(logits.shape.dropLast()) }

  /// Number of variables in one event.
  public var variableCount: Int { logits.shape[logits.rank - 1] }

  /// The probabilities of ones.
  public var mean: Tensor { logits.sigmoid() }

  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    precondition(count >= 0, "\(count) samples")
    let key = generator.next()
    let rows = Shape.count(batch)
    return Bits(
      Tensor(shape: [count] + logits.shape) { buffer in
        guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
        logits.withPointer { logits in
          guard let logits = logits.baseAddress else { return }
          Kernels.bernoulli(key, count * rows, variableCount, logits: logits, rows, target)
        }
      })
  }

  public func logProbability(_ sample: Bits) -> Tensor {
    logits.bernoulliLogProbability(of: sample)
  }

  public func logProbabilities(_ sample: Bits) -> Tensor {
    ((sample.tensor * 2 - 1) * logits).logSigmoid()
  }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }

  /// 2^n, or `nil` where that overflows.
  public var stateCount: Int? { variableCount < Int.bitWidth - 1 ? 1 << variableCount : nil }

  /// All 2^n states; variable i is bit i of the state's number.
  public func states() -> Bits {
    guard let count = stateCount, variableCount <= 30 else {
      preconditionFailure("2^\(variableCount) states are too many to list")
    }
    let n = variableCount
    let list = Tensor(shape: [count] + batch.map { _ in 1 } + [n]) { buffer in
      for state in 0..<count {
        for bit in 0..<n { buffer[state * n + bit] = Scalar(state >> bit & 1) }
      }
    }
    return Bits(list.broadcast(to: [count] + logits.shape))
  }

  /// The entropy of each event in nats, of shape `batch`.
  public func entropy() -> Tensor {
    // H = softplus(l) - l p, taken at |l| where both terms are small for certain bits.
    let size = logits.abs()
    let finite = select(size.isFinite(), size, 0)
    let each = (-finite).softplus() + finite * (-finite).sigmoid()
    return select(size.isFinite(), each, 0).sum(along: -1)
  }

  /// KL(self || other) of each event in nats, of shape `batch`.
  public func klDivergence(to other: Bernoulli) -> Tensor {
    let p = mean
    let ones = logits.logSigmoid() - other.logits.logSigmoid()
    let zeros = (-logits).logSigmoid() - (-other.logits).logSigmoid()
    let q = (-logits).sigmoid()
    return (select(p, p * select(p, ones, 0), 0) + select(q, q * select(q, zeros, 0), 0))
      .sum(along: -1)
  }
}
