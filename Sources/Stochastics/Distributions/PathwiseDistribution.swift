public import Tensors

/// Parameters plus noise have a hard limit that is a sample, and a relaxed one through which a
/// gradient runs.
///
/// A perturbation is z = parameters + noise: log-odds plus logistic noise for bits,
/// log-probabilities plus Gumbels for classes. Of a ``Gibbs`` law it is that of the choices by
/// which a state is drawn.
public protocol PathwiseDistribution: SampledDistribution {
  /// The location that the noise is added to, of shape `batch + event`.
  var parameters: Tensor { get }

  /// The same law with other parameters.
  func with(parameters: Tensor) -> Self

  /// Independent noise, of shape `[count] + batch` and the axes of a perturbation, in the order of
  /// one word from the generator.
  func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor

  /// The perturbation of given noise, differentiable in the parameters.
  func perturbation(_ noise: Tensor) -> Tensor

  /// The sample a perturbation tends to as the temperature falls.
  func harden(_ perturbation: Tensor) -> Sample

  /// The relaxed point of a perturbation at a temperature above zero.
  func relax(_ perturbation: Tensor, temperature: Tensor) -> Point

  /// Points of one word's noise: relaxed ones, or hard ones with their gradient.
  ///
  /// The default perturbs, relaxes and hardens; it is for laws that do all of it in one pass.
  func relaxed(
    _ count: Int, temperature: Double, isHard: Bool,
    using generator: inout some RandomNumberGenerator
  ) -> Point

  /// The hard sample as a point whose gradient is that of a relaxed one.
  static func straightThrough(_ sample: Sample, gradientOf relaxed: Point) -> Point
}

extension PathwiseDistribution {
  public func relaxed(
    _ count: Int, temperature: Double, isHard: Bool,
    using generator: inout some RandomNumberGenerator
  ) -> Point {
    let z = perturbation(noise(count, using: &generator))
    let point = relax(z, temperature: Tensor(Scalar(temperature)))
    return isHard
      ? Self.straightThrough(harden(z.detached()), gradientOf: point) : point
  }
}

/// The law of the perturbation given the sample is known exactly.
public protocol CoupledDistribution: PathwiseDistribution, DiscreteDistribution
where Point: FeaturedPoint {
  /// A perturbation that hardens to `sample`, differentiable in the parameters with noise and
  /// sample held fixed.
  ///
  /// - Parameter noise: as ``PathwiseDistribution/noise(_:using:)`` draws it.
  func conditional(on sample: Sample, noise: Tensor) -> Tensor

  /// The noise with which ``conditional(on:noise:)`` gives back a perturbation, on another path
  /// through the parameters.
  func conditionalNoise(of perturbation: Tensor, given sample: Sample) -> Tensor

  /// grad log q of samples in the parameters, of shape `[samples]` and that of the parameters,
  /// without a gradient.
  func score(of sample: Sample) -> Tensor
}

extension CoupledDistribution where Self: VectorDistribution {
  public func score(of sample: Sample) -> Tensor { score(Self.point(sample)) }
}

/// Independent variables whose points are vectors, with a mean between the hard ones.
public protocol VectorDistribution: PathwiseDistribution, MomentDistribution {
  /// The derivative of the mean in the parameters, at given means, times a vector; it is symmetric.
  static func jacobian(at mean: Tensor, times vector: Tensor) -> Tensor
}

extension VectorDistribution {
  public static func straightThrough(_ sample: Sample, gradientOf relaxed: Tensor) -> Tensor {
    point(sample).passingGradient(to: relaxed)
  }

  public var naturalParameters: Tensor { parameters }

  public func covariance(times vector: Tensor) -> Tensor {
    Self.jacobian(at: meanPoint.detached(), times: vector)
  }
}

extension Tensor {
  /// This value, whose cotangent goes to `relaxed`, of the same shape, as it is.
  package func passingGradient(to relaxed: Tensor) -> Tensor {
    require(shape == relaxed.shape, "points \(shape) relaxed as \(relaxed.shape)")
    return detached().recording([relaxed]) { [$0.cotangent] }
  }
}
