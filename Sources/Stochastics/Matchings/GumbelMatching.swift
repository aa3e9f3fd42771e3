public import Tensors

/// Random matchings: the best ``Assignment`` of scores plus independent Gumbels, one for each pair.
///
/// Scores of shape `batch + [n, n]`, finite or -inf for pairs that are forbidden, give orders
/// `[samples] + batch + [n]`, the item at each place; points are an ``Arrangement``, a place in
/// each row of its matrix. A number added to a row or a column of scores changes nothing.
///
/// **The law has no tractable probability.** It is not the one proportional to exp(sum of scores),
/// whose normalizer is a permanent, and equals it for a single pair alone: one Gumbel for each pair
/// perturbs fewer numbers than there are matchings. So the estimators that need a log-probability
/// do not take it; ``GumbelSinkhorn``, the gradient through relaxed matchings, does.
///
/// - Reference: Mena, Belanger, Linderman and Snoek (2018), Learning latent permutations with
///   Gumbel-Sinkhorn networks; Papandreou and Yuille (2011), Perturb-and-MAP random fields.
public struct GumbelMatching: PathwiseDistribution {
  public typealias Sample = Orders
  public typealias Point = Arrangement

  /// Shape `batch + [n, n]`: rows are places, columns are items.
  public let scores: Tensor
  /// The factor of the Gumbels; 0 always draws the best matching.
  public let noiseScale: Double
  /// Where ``relaxed(_:temperature:isHard:using:)`` stops, as in ``Sinkhorn``.
  public let tolerance: Double
  /// How far it goes at most.
  public let iterations: Int

  /// Traps unless the scores are square and the scale of the noise is finite and not negative.
  public init(
    scores: Tensor, noiseScale: Double = 1, tolerance: Double = 1e-5, iterations: Int = 200
  ) {
    require(
      scores.rank >= 2 && scores.shape[scores.rank - 1] == scores.shape[scores.rank - 2],
      "scores of a matching are square, got \(scores.shape)")
    require(noiseScale >= 0 && noiseScale.isFinite, "noise of scale \(noiseScale)")
    self.scores = scores
    self.noiseScale = noiseScale
    self.tolerance = tolerance
    self.iterations = iterations
  }

  public var batch: [Int] { scores.shape.dropLast(2) }

  /// Number of items n.
  public var itemCount: Int { scores.shape[scores.rank - 1] }

  public var parameters: Tensor { scores }

  public func with(parameters: Tensor) -> GumbelMatching {
    GumbelMatching(
      scores: parameters, noiseScale: noiseScale, tolerance: tolerance, iterations: iterations)
  }

  /// Samples by solving an assignment for each.
  ///
  /// - Complexity: O(n³) for each matching; traps if every one has a forbidden pair.
  public func sample(_ count: Int, using generator: inout some RandomNumberGenerator) -> Orders {
    harden(perturbation(noise(count, using: &generator)).detached())
  }

  public static func point(_ sample: Orders) -> Arrangement { Arrangement(sample) }

  /// Standard Gumbel noise, of shape `[count] + batch + [n, n]`.
  public func noise(_ count: Int, using generator: inout some RandomNumberGenerator) -> Tensor {
    require(count >= 0, "\(count) samples")
    return .randomGumbel([count] + scores.shape, using: &generator)
  }

  /// Scores, less what those of a row and those of a column have in common, plus scaled noise; the
  /// scores themselves where the scale is zero.
  public func perturbation(_ noise: Tensor) -> Tensor {
    guard noiseScale != 0 else { return scores.broadcast(to: noise.shape) }
    return scores.withoutCommonPart(along: -1).withoutCommonPart(along: -2) + noise
      * Scalar(noiseScale)
  }

  /// The best matching.
  public func harden(_ perturbation: Tensor) -> Orders {
    Assignment(scores: perturbation).order
  }

  /// The plan of ``Sinkhorn`` with its own tolerance and cap.
  public func relax(_ perturbation: Tensor, temperature: Tensor) -> Arrangement {
    Arrangement(matrix: Sinkhorn(scores: perturbation / temperature, temperature: 1).matrix)
  }

  public static func straightThrough(
    _ sample: Orders, gradientOf relaxed: Arrangement
  ) -> Arrangement {
    relaxed.straightThrough(sample)
  }

  /// Plans of perturbed scores, or their best matchings, exactly permutations, with the gradient of
  /// the plans.
  public func relaxed(
    _ count: Int, temperature: Double, isHard: Bool,
    using generator: inout some RandomNumberGenerator
  ) -> Arrangement {
    let z = perturbation(noise(count, using: &generator))
    let plan = Sinkhorn(
      scores: z, temperature: temperature, tolerance: tolerance, iterations: iterations)
    let point = Arrangement(matrix: plan.matrix)
    return isHard ? point.straightThrough(harden(z.detached())) : point
  }
}

/// Gumbel-Sinkhorn: the gradient through relaxed matchings, or through hard ones as if they were
/// relaxed.
///
/// ``GumbelSoftmax`` of a ``GumbelMatching``, whose card holds.
public typealias GumbelSinkhorn = GumbelSoftmax<GumbelMatching>
