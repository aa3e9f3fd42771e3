import CKernels
public import Tensors

/// Independent bits: logits of shape `batch + [n]` give samples of shape `[samples] + batch + [n]`.
///
/// Probabilities are never formed where their logarithms would lose digits, so logits of any size
/// are safe; infinite ones are certain bits.
public struct Bernoulli: DiscreteDistribution {
  public typealias Sample = Bits
  public typealias Point = Tensor

  /// log(p / (1 - p)) of each bit, of shape `batch + [n]`.
  public let logits: Tensor
  /// The probabilities that the bits were made from, if gradients go there: those of the logits are
  /// infinite at 0 and 1.
  private let probabilities: Tensor?

  /// Bits with the given log-odds; traps unless there is an axis of bits.
  public init(logits: Tensor) { self.init(logits: logits, probabilities: nil) }

  private init(logits: Tensor, probabilities: Tensor?) {
    require(logits.rank >= 1, "Bernoulli logits need an axis of bits, got rank 0")
    self.logits = logits
    self.probabilities = probabilities
  }

  /// Bits that are one with the given probabilities; traps unless all are in [0, 1].
  ///
  /// A probability near one has few digits left for its complement; logits keep them. At 0 and 1
  /// the mean and log-probabilities have their one-sided gradients, and what is made of ``logits``
  /// has a gradient of zero.
  public init(probabilities: Tensor) {
    for probability in probabilities.scalars {
      require(
        probability >= 0 && probability <= 1,
        "Bernoulli probability \(probability) is not in [0, 1]")
    }
    let plain = probabilities.detached()
    let (isZero, isOne) = (plain .== 0, plain .== 1)
    let inside = select(isZero + isOne, 0.5, probabilities)
    let infinity = Tensor(Scalar.infinity)
    self.init(
      logits: select(
        isZero, -infinity, select(isOne, infinity, inside.log() - (-inside).log1p())),
      probabilities: probabilities.isTracked ? probabilities : nil)
  }

  public var batch: [Int] { logits.shape.dropLast() }

  /// Number of bits of one event.
  public var variableCount: Int { logits.shape[logits.rank - 1] }

  /// The probability that each bit is one, of shape `batch + [n]`.
  public var mean: Tensor { probabilities ?? logits.sigmoid() }

  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Bits {
    require(count >= 0, "\(count) samples")
    let key = generator.next()
    let n = variableCount
    let rows = batch.reduce(1, *)
    return Bits(
      Tensor(shape: [count] + logits.shape) { buffer in
        guard let target = buffer.baseAddress, !buffer.isEmpty else { return }
        logits.withPointer { source in
          guard let source = source.baseAddress else { return }
          Kernels.bernoulli(key, count * rows, n, logits: source, rows, target)
        }
      })
  }

  /// The log-probability of bits of shape `leading + batch + [n]`, of shape `leading + batch`, in
  /// one fused pass.
  public func logProbability(_ sample: Bits) -> Tensor {
    probabilities == nil
      ? logits.bernoulliLogProbability(of: sample) : logProbabilities(sample).sum(along: -1)
  }

  public static func point(_ sample: Bits) -> Tensor { sample.tensor }

  /// The entropy in nats, of shape `batch`.
  public func entropy() -> Tensor {
    let uncertain = logits.isFinite()
    let logits = select(uncertain, logits, 0)
    // Two positive terms, so nothing cancels; unlike forms in |l|, smooth at 0 in all derivatives.
    let each = (-logits).sigmoid() * logits.softplus() + logits.sigmoid() * (-logits).softplus()
    return select(uncertain, each, 0).sum(along: -1)
  }

  /// The Kullback-Leibler divergence KL(self || other) in nats, of the shape both batches broadcast
  /// to.
  public func klDivergence(to other: Bernoulli) -> Tensor {
    require(
      variableCount == other.variableCount,
      "divergence of \(variableCount) bits to \(other.variableCount)")
    let (one, zero) = (logits.sigmoid(), (-logits).sigmoid())
    let ones = logits.logSigmoid() - other.logits.logSigmoid()
    let zeros = (-logits).logSigmoid() - (-other.logits).logSigmoid()
    // A side of probability zero counts nothing, even where its log-ratio is infinite.
    return (one * select(one, ones, 0) + zero * select(zero, zeros, 0)).sum(along: -1)
  }
}

extension Bernoulli: StepwiseDistribution {
  /// The log-probability of each bit, in the shape of the sample.
  public func logProbabilities(_ sample: Bits) -> Tensor {
    let bits = sample.tensor
    guard let probabilities else { return ((bits * 2 - 1) * logits).logSigmoid() }
    // Each branch sees 1 where the other one counts: of log 0 times zero there would be no
    // gradient.
    return select(
      bits, select(bits, probabilities, 1).log(), (-select(bits, 0, probabilities)).log1p())
  }
}

extension Bernoulli: EnumerableDistribution {
  public var stateCount: Int? { variableCount < Int.bitWidth - 1 ? 1 << variableCount : nil }

  /// Every pattern of bits once, of shape `[2^n] + batch + [n]`: bit i of a state's place is
  /// variable i.
  ///
  /// - Complexity: O(2^n n) times the size of the batch, in time and memory.
  public func states() -> Bits {
    guard let stateCount else { fatalError("\(variableCount) bits have too many states") }
    let n = variableCount
    let patterns = Tensor(shape: [stateCount, n]) { buffer in
      for state in 0..<stateCount {
        for bit in 0..<n { buffer[state * n + bit] = Scalar(state >> bit & 1) }
      }
    }
    let spread = [stateCount] + [Int](repeating: 1, count: batch.count) + [n]
    return Bits(patterns.reshaped(spread).broadcast(to: [stateCount] + logits.shape))
  }
}
