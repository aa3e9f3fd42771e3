import Models
import Stochastics
import Tensors

/// The facts that a row of the catalogue may use about the law and the problem.
struct EstimatorSite: Sendable {
  let law: any SampledDistribution.Type
  /// The shape of the features of one event.
  let event: [Int]
  /// The mean of what the variables are conditioned on, [inputs], where there is such a thing.
  let center: Tensor?
  /// Number of joint states; `nil` if it exceeds what an integer holds, or they cannot be listed.
  let states: Int?
  /// Joint states up to which they are listed.
  let mostStates: Int
  /// The gradient of the cost at the mean, where it is known.
  let slope: Tensor?
  /// The ranking metric that the cost of orders is, where it is known.
  let metric: RankingMetric?
  /// The first axes of the batch that hold estimates of the same problem, which are made at once.
  let rowAxes: Int

  /// Scalars of one event.
  var inputs: Int { event.reduce(1, *) }

  // The law as one of each kind, `nil` where it is not.
  var discrete: (any DiscreteDistribution.Type)? { law as? any DiscreteDistribution.Type }
  var enumerable: (any EnumerableDistribution.Type)? { law as? any EnumerableDistribution.Type }
  var distinct: (any DistinctSampling.Type)? { law as? any DistinctSampling.Type }
  var modal: (any ModalDistribution.Type)? { law as? any ModalDistribution.Type }
  var moment: (any MomentDistribution.Type)? { law as? any MomentDistribution.Type }
  var scored: (any ScoredDistribution.Type)? { law as? any ScoredDistribution.Type }
  var vector: (any VectorDistribution.Type)? { law as? any VectorDistribution.Type }
  var coupled: (any CoupledDistribution.Type)? { law as? any CoupledDistribution.Type }
  var coupledVector: (any (VectorDistribution & CoupledDistribution).Type)? {
    law as? any (VectorDistribution & CoupledDistribution).Type
  }

  /// The name of the variables of the law, in the plural.
  var kind: String {
    Law.all.first { $0.law == law }?.kind
      ?? (law == ConditionalMADE.self ? "bits of a masked network" : "variables of \(law)")
  }
}
