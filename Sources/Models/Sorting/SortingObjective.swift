public import Stochastics
public import Tensors

/// The meaning of the scores of a sequence's items: the order they give, and a loss against the
/// true order.
public protocol SortingObjective: Parameterized, Sendable {
  /// Number of scores for each of n items.
  func outputs(items n: Int) -> Int

  /// A loss for each sequence, `[sequences]`.
  ///
  /// - Parameters:
  ///   - scores: `[sequences, n, outputs]`.
  ///   - items: what was scored, `[sequences, n] + item`.
  ///   - order: the item that belongs at each place, `[sequences, n]`.
  mutating func loss(
    scores: Tensor, items: Tensor, order: Indices, using generator: inout some RandomNumberGenerator
  ) -> Tensor

  /// The hard order of each sequence, `[sequences, n]`.
  func order(scores: Tensor) -> Orders
}

extension SortingObjective {
  /// One score for an item, the largest first.
  public func outputs(items n: Int) -> Int { 1 }

  public func order(scores: Tensor) -> Orders {
    let own = scores.detached().sliced(along: 2, at: 0)
    return PlackettLuce(logScores: own).harden(own)
  }
}

/// The cross-entropy of a relaxed sort against the true order, a mean over places; no matrix is
/// formed.
///
/// With samples, scores are log-worths of a Plackett-Luce law: Gumbels are added before the sort,
/// and losses averaged. Grover, Wang, Zweig and Ermon (2019); Prillo and Eisenschlos (2020).
public struct RelaxedSorting: SortingObjective, Stateless {
  public enum Relaxation: Sendable, Hashable {
    case neuralSort
    case softSort(SoftSort.Power)
  }

  /// How the temperature of a batch is found: a positive number, or one that follows the scores.
  public enum TemperatureRule: Sendable, Hashable, ExpressibleByFloatLiteral,
    ExpressibleByIntegerLiteral
  {
    case constant(Double)
    /// The quantile of the gaps between scores in order at a share in 0...1, anew for every batch:
    /// the loss then does not depend on the scale of the scores.
    case gaps(share: Double)

    public init(floatLiteral value: Double) { self = .constant(value) }
    public init(integerLiteral value: Int) { self = .constant(Double(value)) }
  }

  public let relaxation: Relaxation
  public let temperature: TemperatureRule
  /// Draws of the noise; 0 for none.
  public let samples: Int

  /// Traps on a negative number of samples.
  public init(
    _ relaxation: Relaxation = .neuralSort, temperature: TemperatureRule = 1, samples: Int = 0
  ) {
    require(samples >= 0, "\(samples) samples")
    self.relaxation = relaxation
    self.temperature = temperature
    self.samples = samples
  }

  public func loss(
    scores: Tensor, items: Tensor, order: Indices, using generator: inout some RandomNumberGenerator
  ) -> Tensor {
    let plain = scores.sliced(along: 2, at: 0)
    guard samples > 0 else { return entropy(plain, order).mean(along: -1) }
    let noisy =
      plain.withoutCommonPart() + .randomGumbel([samples] + plain.shape, using: &generator)
    let repeated = Indices(shape: noisy.shape) { buffer in
      for place in buffer.indices { buffer[place] = order.values[place % order.count] }
    }
    return entropy(noisy, repeated).mean(along: -1).mean(along: 0)
  }

  private func entropy(_ scores: Tensor, _ order: Indices) -> Tensor {
    switch relaxation {
    case .neuralSort:
      NeuralSort(
        scores: scores,
        temperature: number { NeuralSort.temperature(for: scores, blending: $0) }
      ).crossEntropy(against: order)
    case .softSort(let power):
      SoftSort(
        scores: scores,
        temperature: number { SoftSort.temperature(for: scores, blending: $0, power: power) },
        power: power
      ).crossEntropy(against: order)
    }
  }

  private func number(_ ofShare: (Double) -> Double) -> Double {
    switch temperature {
    case .constant(let number): number
    case .gaps(let share): ofShare(share)
    }
  }
}

/// Gumbel-Sinkhorn: a score for every place and item, made a relaxed matching.
///
/// Hard orders are exact assignments.
///
/// Mena, Belanger, Linderman and Snoek (2018), Learning latent permutations with Gumbel-Sinkhorn
/// networks.
public struct MatchingSorting: SortingObjective {
  public enum Loss: Sendable, Hashable {
    /// The cross-entropy of each place's row against the true item, a mean over places.
    case crossEntropy
    /// The squared distance of the plan times the items from the items in order, summed.
    case reconstruction
  }

  public let loss: Loss
  public let noiseScale: Double
  public var estimator: GumbelSinkhorn

  /// - Parameter noiseScale: what Gumbels are multiplied with.
  public init(
    _ loss: Loss = .crossEntropy, temperature: Temperature = 1.0, noiseScale: Double = 1,
    samples: Int = 5
  ) {
    self.loss = loss
    self.noiseScale = noiseScale
    estimator = GumbelSinkhorn(temperature: temperature, samples: samples)
  }

  public func outputs(items n: Int) -> Int { n }

  public mutating func loss<G: RandomNumberGenerator>(
    scores: Tensor, items: Tensor, order: Indices, using generator: inout G
  ) -> Tensor {
    let truth = Orders(order, itemCount: scores.shape[1]).matrix
    let n = scores.shape[1]
    let payload = items.reshaped([items.shape[0], n, items.count / max(1, items.shape[0] * n)])
    let q = GumbelMatching(
      scores: scores.transposed(), noiseScale: noiseScale, tolerance: 1e-3, iterations: 50)
    let loss = loss
    return estimator.expectation(over: q, using: &generator) { (point: Arrangement, _: inout G) in
      let plan = point.matrix
      return switch loss {
      case .crossEntropy:
        // Keeps the logarithm finite where an entry underflows.
        -((plan * truth).sum(along: -1) + 1e-20).log().mean(along: -1)
      case .reconstruction:
        ((plan - truth).matmul(payload)).squared().sum(along: [-2, -1])
      }
    }
  }

  public func order(scores: Tensor) -> Orders {
    Assignment(scores: scores.detached().transposed()).order
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("estimator", &estimator)
  }
}

/// The expected cost of orders that are drawn by Plackett and Luce's law of the scores, by any
/// estimator.
public struct SampledSorting: SortingObjective {
  /// How wrong an order is.
  public enum Cost: String, Sendable, CaseIterable {
    /// The share of places that have another item than they should.
    case misplaced
    /// The mean over items of the squared distance between their place and the true one.
    case distance
  }

  public let cost: Cost
  public var estimator: any GradientEstimator<PlackettLuce>

  public init(_ cost: Cost, estimator: any GradientEstimator<PlackettLuce>) {
    self.cost = cost
    self.estimator = estimator
  }

  public mutating func loss<G: RandomNumberGenerator>(
    scores: Tensor, items: Tensor, order: Indices, using generator: inout G
  ) -> Tensor {
    let n = scores.shape[1]
    let costs = costs(Orders(order, itemCount: n))
    func estimate(_ estimator: inout some GradientEstimator<PlackettLuce>) -> Tensor {
      estimator.expectation(
        over: PlackettLuce(logScores: scores.sliced(along: 2, at: 0)), using: &generator
      ) { (point: Arrangement, _: inout G) in
        (point.matrix * costs).sum(along: [-2, -1]) * (1 / Scalar(n))
      }
    }
    return estimate(&estimator)
  }

  /// The cost of an item at a place, `[sequences, n places, n items]`.
  private func costs(_ truth: Orders) -> Tensor {
    switch cost {
    case .misplaced: return 1 - truth.matrix
    case .distance:
      let n = truth.itemCount
      let belongs = Tensor(
        truth.places.values.map { Scalar($0) }, shape: [truth.shape[0], 1, n])
      let places = Tensor((0..<n).map { Scalar($0) }, shape: [n, 1])
      return (belongs - places).squared()
    }
  }

  public mutating func visitParameters(_ visitor: inout some ParameterVisitor) {
    visitor.visit("estimator", &estimator)
  }
}
