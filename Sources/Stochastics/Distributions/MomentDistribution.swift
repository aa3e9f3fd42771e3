public import Tensors

/// An exponential family of vectors whose mean and covariance are known: log p(z) = <s, z> - A(s).
///
/// The score of a sample in the natural parameters s is the sample less the mean, and the
/// derivative of the mean is the covariance. So the expectation of every linear function is known,
/// with its gradient.
public protocol MomentDistribution: DiscreteDistribution where Point == Tensor {
  /// The natural parameters, of shape `batch + event`.
  var naturalParameters: Tensor { get }

  /// The expected point, of shape `batch + event`, differentiable in the parameters.
  var meanPoint: Tensor { get }

  /// The covariance of points times a vector `batch + event`; without a gradient.
  func covariance(times vector: Tensor) -> Tensor

  /// Number of axes of an event.
  static var eventRank: Int { get }
}

extension MomentDistribution {
  /// grad log q of samples in the natural parameters, of shape `[samples] + batch + event`.
  func score(_ point: Tensor) -> Tensor { point.detached() - meanPoint.detached() }

  /// Weights [samples] + batch in a shape that multiplies points.
  static func spread(_ weights: Tensor) -> Tensor {
    weights.reshaped(weights.shape + [Int](repeating: 1, count: eventRank))
  }

  /// The inner product of points over the event axes.
  package static func dot(_ a: Tensor, _ b: Tensor) -> Tensor { a.dot(b, overLast: eventRank) }
}

/// A family whose law of other natural parameters, and whose likeliest state, are known.
public protocol ScoredDistribution: MomentDistribution, ModalDistribution where Sample == Bits {
  /// The same law with other natural parameters, of shape `leading + batch + event`; the leading
  /// axes are further axes of its batch.
  func with(naturalParameters: Tensor) -> Self

  /// A likeliest state of other natural parameters `leading + batch + event`, of their shape.
  func mode(of naturalParameters: Tensor) -> Sample
}

extension ScoredDistribution {
  public func mode() -> Bits {
    mode(of: naturalParameters.detached().expandingDimensions(at: 0))
  }
}

extension KSubset: ScoredDistribution {
  public static var eventRank: Int { 1 }

  public var naturalParameters: Tensor { logits }

  public var meanPoint: Tensor { marginals }

  public func covariance(times vector: Tensor) -> Tensor {
    let fixed = vector.detached()
    return gradient(at: logits.detached()) {
      (KSubset(logits: $0, size: size).marginals * fixed).sum()
    }
  }

  public func with(naturalParameters: Tensor) -> KSubset {
    KSubset(logits: naturalParameters, size: size)
  }

  public func mode(of naturalParameters: Tensor) -> Bits {
    Bits(KSubset(logits: naturalParameters, size: size).isLeading)
  }
}

extension Gibbs: ScoredDistribution {
  public static var eventRank: Int { 1 }

  public var naturalParameters: Tensor { logits }

  public var meanPoint: Tensor { marginals }
}

extension Prescribed: MomentDistribution where Base: MomentDistribution {
  public static var eventRank: Int { Base.eventRank }

  public var naturalParameters: Tensor { base.naturalParameters }

  public var meanPoint: Tensor { base.meanPoint }

  public func covariance(times vector: Tensor) -> Tensor { base.covariance(times: vector) }
}

extension Prescribed: ScoredDistribution where Base: ScoredDistribution {
  public func with(naturalParameters: Tensor) -> Prescribed {
    Prescribed(base: base.with(naturalParameters: naturalParameters), samples: samples)
  }

  public func mode(of naturalParameters: Tensor) -> Bits {
    base.mode(of: naturalParameters)
  }
}
