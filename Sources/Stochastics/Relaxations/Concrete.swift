public import Tensors

/// The Concrete or Gumbel-Softmax distribution on the simplex: a relaxed categorical variable.
///
/// y = softmax((logits + G) / τ) with Gumbels G. The largest coordinate has the law of the categorical at every temperature; as τ falls y
/// tends to one-hot rows, as it rises to the centre of the simplex. Jang, Gu and Poole (2017); Maddison, Mnih and Teh (2017).
public struct Concrete: Sendable {
  /// Of shape `batch + [K]`.
  public let logits: Tensor
  public let temperature: Tensor

  /// Traps unless the temperature is positive.
  public init(logits: Tensor, temperature: Tensor) {
    require(temperature.item > 0, "temperature \(temperature.item) is not positive")
    self.logits = logits
    self.temperature = temperature
  }

  /// Samples log y, of shape `[count] + batch + [K]`: the logarithm stays finite where y itself underflows.
  public func sampleLog(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let noise = Tensor.randomGumbel([count] + logits.shape, using: &generator)
    return ((logits + noise) / temperature).logSoftmax(along: -1)
  }

  /// Samples y.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    let noise = Tensor.randomGumbel([count] + logits.shape, using: &generator)
    return ((logits + noise) / temperature).softmax(along: -1)
  }

  /// The log-density of x = log y with respect to x, of shape `leading + batch`.
  ///
  /// log (K - 1)! + (K - 1) log τ + Σ (logit_i - τ x_i) - K logsumexp(logit - τ x).
  public func logDensity(ofLog x: Tensor) -> Tensor {
    let classes = logits.shape[logits.rank - 1]
    var factorial = 0.0
    for k in stride(from: 2, to: classes, by: 1) {
      factorial += Double(Tensor(Scalar(k)).log().item)
    }
    let terms = logits - temperature * x
    let constant = temperature.log() * Scalar(classes - 1) + Scalar(factorial)
    return constant + terms.sum(along: -1) - terms.logSumExp(along: -1) * Scalar(classes)
  }

  /// The log-density of y with respect to y, of shape `leading + batch`.
  public func logDensity(of y: Tensor) -> Tensor {
    let x = y.log()
    return logDensity(ofLog: x) - x.sum(along: -1)
  }
}

/// The binary Concrete distribution on (0, 1): a relaxed bit.
///
/// y = sigmoid((logit + L) / τ) with logistic noise L.
public struct BinaryConcrete: Sendable {
  public let logits: Tensor
  public let temperature: Tensor

  /// Traps unless the temperature is positive.
  public init(logits: Tensor, temperature: Tensor) {
    require(temperature.item > 0, "temperature \(temperature.item) is not positive")
    self.logits = logits
    self.temperature = temperature
  }

  /// Samples the log-odds of y, of shape `[count]` and the logits' own.
  public func sampleLogit(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor
  {
    let noise = Tensor.randomUniform([count] + logits.shape, using: &generator).logit()
    return (logits + noise) / temperature
  }

  /// Samples y.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    sampleLogit(count, using: &generator).sigmoid()
  }

  /// The log-density of l, the log-odds of y, with respect to l: log τ + t - 2 softplus(t) with t = logit - τ l.
  public func logDensity(ofLogit l: Tensor) -> Tensor {
    let t = logits - temperature * l
    return temperature.log() + t - t.softplus() * 2
  }

  /// The log-density of y with respect to y.
  public func logDensity(of y: Tensor) -> Tensor {
    logDensity(ofLogit: y.logit()) - y.log() - (-y).log1p()
  }
}
