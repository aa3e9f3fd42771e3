public import Tensors

/// The Concrete or Gumbel-Softmax distribution on the simplex: a relaxed categorical variable.
///
/// y = softmax((logits + G) / τ) with Gumbels G. The largest coordinate has the law of the
/// categorical at every temperature; as τ falls y tends to one-hot rows, as it rises to the center
/// of the simplex. Jang, Gu and Poole (2017); Maddison, Mnih and Teh (2017).
public struct Concrete: Sendable {
  /// Shape `batch + [K]`.
  public let logits: Tensor
  public let temperature: Double

  /// Traps unless the temperature is positive.
  public init(logits: Tensor, temperature: Double) {
    requirePositive(temperature: temperature)
    self.logits = logits
    self.temperature = temperature
  }

  /// Samples log y, of shape `[count] + batch + [K]`: the logarithm stays finite where y itself
  /// underflows.
  public func sampleLog(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    keys(count, using: &generator).logSoftmax(along: -1)
  }

  /// Samples y.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    keys(count, using: &generator).softmax(along: -1)
  }

  /// Perturbed log-probabilities over the temperature: noise added to large logits would lose its
  /// digits.
  private func keys(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let noise = Tensor.randomGumbel([count] + logits.shape, using: &generator)
    return (logits.logSoftmax(along: -1) + noise) / Scalar(temperature)
  }

  /// The log-density of x = log y with respect to x, of shape `leading + batch`.
  ///
  /// log (K - 1)! + (K - 1) log τ + Σ (logit_i - τ x_i) - K logsumexp(logit - τ x).
  public func logDensity(ofLog x: Tensor) -> Tensor {
    let terms = logits - Scalar(temperature) * x
    return constant + terms.sum(along: -1) - terms.logSumExp(along: -1) * Scalar(classes)
  }

  private var classes: Int { logits.shape[logits.rank - 1] }

  /// log (K - 1)! + (K - 1) log τ.
  private var constant: Tensor {
    var factorial = 0.0
    for k in stride(from: 2, to: classes, by: 1) {
      factorial += Double(Tensor(Scalar(k)).log().item)
    }
    return Tensor(Scalar(temperature)).log() * Scalar(classes - 1) + Scalar(factorial)
  }

  /// The log-density of y with respect to y, of shape `leading + batch`.
  ///
  /// Where z of the coordinates are 0 it is the limit as they fall to 0 together: infinite below
  /// the temperature z / (K - z), -infinite above it. Samples that have underflowed lie there;
  /// ``sampleLog(_:using:)`` and ``logDensity(ofLog:)`` keep inside.
  public func logDensity(of y: Tensor) -> Tensor {
    let isZero = y.detached() .== 0
    let x = select(isZero, 0, select(isZero, 1, y).log())
    let zeros = isZero.sum(along: -1)
    let isEnd = zeros .> 0
    // Of the terms logit - τ x those of zeros are infinitely larger than the rest.
    let terms = logits - Scalar(temperature) * x
    let leading = select(isZero, terms, Tensor(-Scalar.infinity)).logSumExp(along: -1)
    let others = select(isEnd.expandingDimensions(at: -1), 0, terms).logSumExp(along: -1)
    let power = Scalar(temperature) * (Scalar(classes) - zeros) - zeros
    // log of 0 to that power.
    let limit = select(
      power .> 0, Tensor(-Scalar.infinity), select(power .< 0, Tensor(Scalar.infinity), 0))
    return constant + logits.sum(along: -1) - ((Scalar(temperature) + 1) * x).sum(along: -1)
      - select(isEnd, leading, others) * Scalar(classes) + select(isEnd, limit, 0)
  }
}

/// The binary Concrete distribution on (0, 1): a relaxed bit.
///
/// y = sigmoid((logit + L) / τ) with logistic noise L.
public struct BinaryConcrete: Sendable {
  public let logits: Tensor
  public let temperature: Double

  /// Traps unless the temperature is positive.
  public init(logits: Tensor, temperature: Double) {
    requirePositive(temperature: temperature)
    self.logits = logits
    self.temperature = temperature
  }

  /// Samples the log-odds of y, of shape `[count]` and the logits' own.
  public func sampleLogit(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor
  {
    let noise = Tensor.randomLogistic([count] + logits.shape, using: &generator)
    return (logits + noise) / Scalar(temperature)
  }

  /// Samples y.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    sampleLogit(count, using: &generator).sigmoid()
  }

  /// The log-density of l, the log-odds of y, with respect to l: log τ + t - 2 softplus(t) with
  /// t = logit - τ l.
  public func logDensity(ofLogit l: Tensor) -> Tensor {
    let t = logits - Scalar(temperature) * l
    return Tensor(Scalar(temperature)).log() + t - t.softplus() * 2
  }

  /// The log-density of y with respect to y, in [0, 1].
  ///
  /// At 0 and 1 it is the limit: infinite below temperature 1, -infinite above. Samples that are
  /// rounded to 0 or 1 lie there; ``sampleLogit(_:using:)`` and ``logDensity(ofLogit:)`` keep
  /// inside.
  public func logDensity(of y: Tensor) -> Tensor {
    // Of y and 1 - y the smaller one, s, and its logit: log τ - logit + (τ - 1) log s - (τ + 1)
    // log(1 - s) - 2 softplus(τ log(s / (1 - s)) - logit).
    let isLow = y.detached() .< 0.5
    let temperature = Scalar(temperature)
    let s = select(isLow, y, 1 - y)
    let logit = select(isLow, logits, -logits)
    let isEnd = s.detached() .== 0
    let low = select(isEnd, 1, s).log()
    let high = (-s).log1p()
    let arrived = select(isEnd, Tensor(-Scalar.infinity), temperature * (low - high) - logit)
    let power = temperature - 1
    let limit: Scalar = power == 0 ? 0 : power > 0 ? -.infinity : .infinity
    return Tensor(temperature).log() - logit + (temperature - 1) * low - (temperature + 1) * high
      - arrived.softplus() * 2 + select(isEnd, Tensor(limit), 0)
  }
}
